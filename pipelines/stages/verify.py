"""The third stage of a backup: the repository itself shows that the snapshot is in it, and whole."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelines.core.kept import VerifiedSnapshot
from pipelines.core.options import Option
from pipelines.core.shelf import recall_snapshot
from pipelines.core.stage import from_disk, stage
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.effects import Effects
    from pipelines.core.kept import Snapshot

__all__ = ["verify"]

OPTIONS = (
    Option("snapshot", "which; the newest where it is not given", positional=True),
    Option("read_data", "read every byte of the repository, not just the next tenth", default=False),
)


@from_disk(recall_snapshot, *OPTIONS)
@stage
def verify(snapshot: Snapshot, effects: Effects) -> VerifiedSnapshot:
    """See that a snapshot is stored whole."""
    from backups.verified import ALL, Verified

    shelf = snapshot.shelf
    note, whole = Verified.read(shelf.place.verified), effects.options.flag("read_data")
    share = ALL if whole else note.share
    effects.console.doing(f"reading {share} of the repository")
    with ThreadPoolExecutor() as pool:
        # Each of restic's commands takes half a second to make a key of the password.
        sizes = pool.submit(shelf.repository.restic.sizes, snapshot.id)
        shelf.repository.restic.check(share)
        _refuse_another(snapshot, sizes.result())
    shelf.place.remember(snapshot.id, snapshot.manifest)
    note.done(snapshot.id, time.time(), whole=whole).write(shelf.place.verified)
    effects.console.item("✓", f"snapshot {snapshot.id[:8]} is as its manifest says; read {share} of all")
    effects.journal.note(snapshot=snapshot.id, verified=share)
    return VerifiedSnapshot(snapshot, share)


def _refuse_another(snapshot: Snapshot, sizes: Mapping[str, int]) -> None:
    """Refuse a snapshot that lacks a file, or has another one than its manifest says, or no manifest.

    Raises:
        Refused: with the first such file.
    """
    from backups.manifest import NAME

    parts = snapshot.manifest.parts.items()
    told = {f"{name}/{path}": entry.size for name, part in parts for path, entry in part.files.items()}
    if NAME not in sizes:
        raise Refused(message=f"snapshot {snapshot.id[:8]} has no manifest")
    found = {path: size for path, size in sizes.items() if path != NAME}
    for path in sorted({*told, *found}):
        if told.get(path) != found.get(path):
            said = f"{found.get(path, 'no')} bytes, not {told.get(path, 'none')}"
            raise Refused(message=f"snapshot {snapshot.id[:8]}: {path} has {said}")
