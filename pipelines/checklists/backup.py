"""There is a verified backup that is young enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checklists._recent import recent
from pipelines.core.checklist import Line

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]


def _run(look: Look) -> Verdict:
    return recent(look, "backup", look.value("backup_max_age_hours") * 3_600)


LINE = Line(asks="There is a verified backup, and it is young enough.", run=_run)
