"""Grafana loads every dashboard: each is a JSON object with a uid and a title of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for shown in inspection.stack.dashboards.values():
        if shown.fault:
            yield Problem("dashboards", shown.name, shown.fault)
    for key in ("uid", "title"):
        counts = Counter(str(model.get(key)) for model in inspection.dashboards.values())
        for name, model in inspection.dashboards.items():
            if not model.get(key):
                yield Problem("dashboards", name, f"the dashboard has no {key}")
            elif counts[str(model[key])] > 1:
                yield Problem("dashboards", name, f"two dashboards have the {key} '{model[key]}'")


CHECK = Check(proves="every dashboard is a JSON object with a uid and a title of its own", run=_run)
