"""Every alert tells people what is wrong: a summary and a description."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.alerts:
        told = rule.annotations
        missing = [name for name in ("summary", "description") if not told.get(name)]
        if missing:
            summary = f"the alert has no {' and no '.join(missing)}"
            yield Problem("annotations", inspection.where(rule), summary, hint="write it under `annotations`")


CHECK = Check(proves="every alert has a summary and a description", run=_run)
