"""The second stage of a backup: what was captured is stored, with its manifest."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.core.kept import Snapshot
from pipelines.core.stage import stage

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Captured

__all__ = ["seal", "store"]


@stage
def seal(captured: Captured, effects: Effects) -> Snapshot:
    """Store it in the repository."""
    stored = store(captured, effects)
    effects.journal.note(snapshot=stored.id, size=stored.manifest.size, added=stored.added)
    counts = {name: dict(part.counts) for name, part in stored.manifest.parts.items()}
    effects.journal.note(release=captured.manifest.release, objects=counts)
    return stored


def store(captured: Captured, effects: Effects) -> Snapshot:
    """Store what was captured, with its manifest."""
    from backups.manifest import NAME

    (captured.folder / NAME).write_bytes(captured.manifest.written())
    saved = captured.shelf.repository.save(captured.folder, kind=captured.kind)
    effects.console.item("✓", f"snapshot {saved.id[:8]}: {saved.files} files, {saved.size / 1e6:.1f} MB")
    return Snapshot(captured.shelf, saved.id, time.time(), captured.manifest, saved.added)
