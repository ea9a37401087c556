"""There is a release to go back to, and one knows how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.checklist import Line, green, red
from pipelines.core.recall import last_proved, recall
from stack.moment import clock

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]


def _run(look: Look) -> Verdict:
    effects = look.effects
    name = last_proved(effects, before=look.release.id)
    if name is None:
        return red(
            "no release but the live one was ever proved", "the next deploy leaves this one to go back to"
        )
    recall(name, effects)  # one that cannot be read any more is none
    at = next(at for kept, at, _ in effects.runtime.releases() if kept == name)
    return green(f"proved release {name}, live last from {clock(at)} on", look.command("rollback"))


LINE = Line(asks="There is a proved release to go back to.", run=_run, mandatory=False)
