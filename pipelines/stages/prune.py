"""The last stage of a backup: what no rule keeps is removed, after the new one was seen to be whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.kept import Pruned
from pipelines.core.stage import stage

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.kept import VerifiedSnapshot

__all__ = ["prune"]


@stage
def prune(verified: VerifiedSnapshot, effects: Effects) -> Pruned:
    """Remove the snapshots that no rule keeps."""
    removed = verified.snapshot.shelf.repository.prune()
    for name in removed:
        effects.console.item("-", f"snapshot {name[:8]}: no rule keeps it")
    effects.journal.note(removed=list(removed))
    return Pruned(verified, removed)
