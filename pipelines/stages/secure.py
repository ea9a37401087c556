"""The fourth stage of a restore: what is live now is stored, so that there is a way back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.core.kept import Secured
from pipelines.core.recall import recall_live
from pipelines.core.stage import stage
from pipelines.stages.capture import take
from pipelines.stages.seal import store
from stack.errors import Refused, StackError

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Preview

__all__ = ["secure"]


@stage
def secure(preview: Preview, effects: Effects) -> Secured:
    """Back up what is live now."""
    from backups.repository import SAFETY  # brings pydantic along

    if preview.base is None or not preview.changes:
        effects.console.item("·", "there is nothing that could be lost")
        return Secured(preview, None)
    snapshot = preview.examined.fetched.snapshot
    try:
        captured = take(recall_live(effects), snapshot.shelf, lambda: snapshot.manifest, effects)
        stored = store(replace(captured, kind=SAFETY), effects)
    except StackError as error:
        return _unsecured(preview, error, effects)
    effects.journal.note(safety=stored.id)
    effects.console.item("✓", f"the way back: invoke restore {stored.id[:8]}")
    return Secured(preview, captured)


def _unsecured(preview: Preview, error: StackError, effects: Effects) -> Secured:
    """Go on without a way back where that is wanted: what is damaged cannot be stored whole."""
    if not effects.options.flag("without_safety"):
        message = f"what is live cannot be stored, so there would be no way back: {error}"
        raise Refused(message=message, hint="nothing was changed; go on all the same: --without-safety")
    effects.console.item("!", f"there is no way back: {error}")
    return Secured(preview, None)
