"""What a line of the checklist looks at in a test: a journal in a folder, and a stack in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.journal import Journal
from tests.pipelines.core.doubles import release

if TYPE_CHECKING:
    from pipelines.core.checklist import Line, Look

__all__ = ["DAY", "GOOD", "HOUR", "OTHER", "ran", "said"]

GOOD, OTHER = release(), release(retention="3d")
HOUR, DAY = 3_600.0, 86_400.0


def ran(look: Look, task: str, *, ago: float = HOUR, code: int = 0, error: str = "", **facts: Any) -> None:
    """Leave the record of a run."""
    journal = Journal(look.effects.var / "runs", task, "local", began=look.now - ago)
    journal.note(**facts)
    journal.close(code, error)


def said(line: Line, look: Look) -> tuple[str, str, str]:
    """Give the state, the evidence and what to do."""
    verdict = line.run(look)
    return verdict.state.value, verdict.evidence, verdict.todo
