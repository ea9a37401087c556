"""The values that flow through backups and restores, in their order; each holds the one before it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from backups.manifest import Manifest
    from backups.place import Place
    from backups.repository import Repository
    from stack.environment import Environment

__all__ = ["Captured", "Pruned", "Shelf", "Snapshot", "VerifiedSnapshot"]


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where an environment's backups are: its own files, and the repository."""

    environment: Environment
    place: Place
    repository: Repository


@dataclass(frozen=True, slots=True)
class Captured:
    """What every source has given, in a folder, and the manifest of it; not stored yet."""

    shelf: Shelf
    folder: Path
    manifest: Manifest


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
