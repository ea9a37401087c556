"""The first stage of a rollback: which kept release it goes back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.recall import last_proved, recall
from pipelines.core.stage import stage
from stack.errors import NothingKept

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.values import RenderedTree
    from stack.load import Loaded

__all__ = ["choose"]


@stage
def choose(loaded: Loaded, effects: Effects) -> RenderedTree:
    """Pick the kept release to go back to."""
    name = effects.options.text("release") or last_proved(effects, before=effects.runtime.live().release)
    if not name:
        message = f"there is no earlier proved release of {loaded.environment.name}"
        raise NothingKept(message=message, hint="`invoke releases` lists what is kept")
    rendered = recall(name, effects)
    effects.console.item("·", f"going back to release {name}")
    effects.journal.note(release=name)
    return rendered
