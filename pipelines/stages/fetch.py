"""The first stage of a restore: what is wanted of a snapshot comes back from the repository."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from pipelines.core.kept import Fetched
from pipelines.core.shelf import chosen, open_shelf
from pipelines.core.stage import stage
from pipelines.stages.capture import sources
from stack.errors import NothingKept, Refused
from stack.moment import clock

if TYPE_CHECKING:
    from backups.manifest import Manifest
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Shelf, Snapshot
    from stack.load import Loaded

__all__ = ["brought", "fetch"]


@stage
def fetch(loaded: Loaded, effects: Effects) -> Fetched:
    """Bring a snapshot's files back from the repository."""
    shelf = open_shelf(loaded.environment, effects, alone=True)
    snapshot = chosen(shelf, effects)
    return brought(snapshot, _wanted(snapshot.manifest, shelf, effects), effects)


def brought(snapshot: Snapshot, parts: tuple[str, ...], effects: Effects) -> Fetched:
    """Bring some parts of a snapshot back into a folder that is gone when the run ends."""
    folder = snapshot.shelf.place.fetched
    shutil.rmtree(folder, ignore_errors=True)
    effects.closing.callback(shutil.rmtree, folder, ignore_errors=True)
    snapshot.shelf.repository.restic.restore(snapshot.id, folder, only=parts)
    said = f"snapshot {snapshot.id[:8]} of {clock(snapshot.manifest.taken)}: {', '.join(parts)}"
    effects.console.item("✓", said)
    effects.journal.note(snapshot=snapshot.id, parts=list(parts))
    return Fetched(snapshot, folder, parts)


def _wanted(manifest: Manifest, shelf: Shelf, effects: Effects) -> tuple[str, ...]:
    """Name the parts that are wanted, the lowest first; nothing can be brought back without the release."""
    asked = set(effects.options.texts("only"))
    if effects.options.text("dashboard"):
        asked |= {"dashboards"}
    unknown = asked - sources().keys()
    if unknown:
        known = ", ".join(sources())
        raise Refused(message=f"--only takes {known}; not '{min(unknown)}'")
    missing = asked - manifest.parts.keys()
    if missing:
        message = f"the snapshot holds no {min(missing)}; it holds {', '.join(manifest.parts)}"
        raise NothingKept(message=message, hint=f"`invoke backup.list --env {shelf.environment.name}`")
    return tuple(name for name in sources() if name in manifest.parts and (name in asked or not asked))
