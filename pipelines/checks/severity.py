"""Every alert says how urgent it is, in one of four words that the routes know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

SEVERITIES = ("page", "warning", "info", "none")


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.alerts:
        severity = rule.labels.get("severity")
        if severity not in SEVERITIES:
            said = f"severity '{severity}' is none of ours" if severity else "the alert has no severity"
            hint = f"label it severity: {' | '.join(SEVERITIES)}"
            yield Problem("severity", inspection.where(rule), said, hint=hint)


CHECK = Check(proves="every alert has a severity that the routes know", run=_run)
