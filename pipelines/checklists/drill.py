"""A backup has been restored lately, to see that it can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checklists._recent import recent
from pipelines.core.checklist import Line

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]


def _run(look: Look) -> Verdict:
    return recent(look, "restore.drill", look.value("drill_max_age_days") * 86_400)


LINE = Line(asks="A backup has been restored lately, as a drill.", run=_run)
