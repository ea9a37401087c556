"""Every service has a port of its own."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    services: dict[int, list[str]] = defaultdict(list)
    for service in inspection.stack.services.values():
        for name in service.ports:
            services[inspection.stack.port(name)].append(name)
    for port, names in services.items():
        if len(names) > 1:
            hint = f"give one of them another: --set ports.{names[-1]}=PORT"
            yield Problem("unique_ports", "ports", f"{' and '.join(names)} share port {port}", hint=hint)


CHECK = Check(proves="every service has a port of its own", run=_run)
