"""Every alert that there is: of the loaded rules, and of those whose subject is not watched here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pipelines.core.check import Inspection

__all__ = ["alert_bodies"]


def alert_bodies(inspection: Inspection) -> Iterator[Mapping[str, Any]]:
    """Yield the body of every alerting rule, of idle files among them: a target is enough to wake those."""
    yield from (rule.body for rule in inspection.alerts)
    for file in inspection.idle_files:
        yield from (rule.body for rule in file.alerts)
