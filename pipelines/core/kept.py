"""The values that flow through backups and restores, in their order; each holds the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from backups.manifest import Manifest
    from backups.place import Place
    from backups.repository import Repository
    from backups.source import Step, Wish
    from stack.environment import Environment
    from stack.runtimes.protocol import Release

__all__ = [
    "Captured",
    "Examined",
    "Fetched",
    "Preview",
    "Pruned",
    "Restored",
    "Secured",
    "Shelf",
    "Snapshot",
    "VerifiedSnapshot",
]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an environment's backups are: its own files, and the repository."""

    environment: Environment
    place: Place
    repository: Repository


@dataclass(frozen=True, slots=True)
class Captured:
    """What the sources have given, in a folder, and the manifest of it; not stored yet.

    Args:
        shelf: where it is going to be stored.
        folder: where it lies.
        manifest: what it is.
        kind: the kind of snapshot that is to be made of it.
    """

    shelf: Shelf
    folder: Path
    manifest: Manifest
    kind: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is stored in the repository, and what it says of itself.

    Args:
        shelf: where it is.
        id: its name in the repository.
        taken: when it was stored, in Unix seconds.
        manifest: what it says that it holds.
        added: bytes by which the repository has grown; 0 for one that was stored by an earlier run.
    """

    shelf: Shelf
    id: str
    taken: float
    manifest: Manifest
    added: int = 0


@dataclass(frozen=True, slots=True)
class VerifiedSnapshot:
    """A snapshot that is in the repository as its manifest says, and of which a share, or all, was read."""

    snapshot: Snapshot
    share: str


@dataclass(frozen=True, slots=True)
class Pruned:
    """A verified snapshot, and what was removed because no rule keeps it."""

    verified: VerifiedSnapshot
    removed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fetched:
    """A snapshot's files, brought back into a folder; not looked at yet.

    Args:
        snapshot: which.
        folder: where they lie.
        parts: the sources that are wanted of it, in the order in which they are brought back.
    """

    snapshot: Snapshot
    folder: Path
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Examined:
    """Files that are, byte for byte, what their manifest says, and that their own tools find whole."""

    fetched: Fetched


@dataclass(frozen=True, slots=True)
class Preview:
    """What a restore would do, by source, against what is live now.

    Args:
        examined: what would be brought back.
        wish: what of it is wanted.
        base: the release that is live, None for none: then the snapshot's own is deployed first.
        steps: by source; nothing is known of them before something is live.
    """

    examined: Examined
    wish: Wish
    base: str | None
    steps: Mapping[str, tuple[Step, ...]]

    @property
    def changes(self) -> bool:
        """Whether it would do anything."""
        steps = (step for done in self.steps.values() for step in done)
        return self.base is None or any(step.action not in {"leave", "cannot"} for step in steps)


@dataclass(frozen=True, slots=True)
class Secured:
    """A restore that can be taken back: what is live now was captured, and stored, where anything is."""

    preview: Preview
    safety: Captured | None


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore has done, by source, and the release that is live behind it."""

    secured: Secured
    release: Release
    steps: Mapping[str, tuple[Step, ...]]
