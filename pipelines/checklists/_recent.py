"""When a task that is to be run again and again last ended well, held against how old that may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.checklist import green, red, unknown
from stack.duration import spoken

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["recent"]


def recent(look: Look, task: str, limit: float) -> Verdict:
    """Judge a task by its last run that ended well.

    Args:
        look: the journal.
        task: its full name.
        limit: how many seconds may have passed since that run began.
    """
    good, last = look.newest(task, result="passed"), look.newest(task)
    todo = look.command(task)
    if last is None:
        return unknown(f"no run of {task} is on record", todo)
    if good is None:
        return red(
            f"no run of {task} on record ended well; the last one: {last.get('error') or 'failed'}", todo
        )
    said = f"the last good one: {look.told(good)}, of {spoken(limit)} allowed"
    if last is not good and last["began"] > good["began"]:
        said += f"; one since then failed: {last.get('error') or 'it does not say why'}"
    return green(said) if look.now - float(good["began"]) <= limit else red(said, todo)
