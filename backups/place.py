"""Where an environment's backups have their own files, apart from what `destroy` removes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backups.manifest import Manifest
from stack.emit import to_json
from stack.errors import Refused
from stack.tree import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """The folders and files below `var/backups/<environment>/`."""

    root: Path

    @property
    def repository(self) -> Path:
        """The repository, where the environment names no other one."""
        return self.root / "repository"

    @property
    def secrets(self) -> Path:
        """The password of the repository, and what its storage asks for."""
        return self.root / "secrets"

    @property
    def cache(self) -> Path:
        """What restic keeps to be quicker."""
        return self.root / "cache"

    @property
    def staging(self) -> Path:
        """What is stored next: always at one place, since restic compares with what was there before."""
        return self.root / "staging"

    @property
    def fetched(self) -> Path:
        """What was brought back from the repository and is on its way to a server."""
        return self.root / "fetched"

    @property
    def notes(self) -> Path:
        """What a source has left itself for the case that it is killed."""
        return self.root / "notes"

    @property
    def digests(self) -> Path:
        """The digests of files that were seen before."""
        return self.root / "digests.json"

    @property
    def verified(self) -> Path:
        """What was verified, when and how far."""
        return self.root / "verified.json"

    @property
    def last(self) -> Path:
        """The manifest of the snapshot that was verified last, by its id."""
        return self.root / "last.json"

    @property
    def lock(self) -> Path:
        """The file that a run holds locked while it works with the repository."""
        return self.root / "lock"

    def remember(self, snapshot: str, manifest: Manifest) -> None:
        """Keep the manifest of a snapshot that was verified: the next backup is held against it."""
        write_atomically(self.last, to_json({"snapshot": snapshot, "manifest": manifest.document()}))

    def remembered(self, snapshot: str) -> Manifest | None:
        """Give the manifest of a snapshot, where it is the one that was verified last here."""
        try:
            told = json.loads(self.last.read_bytes())
            if told["snapshot"] == snapshot:
                return Manifest.read(json.dumps(told["manifest"]), where=str(self.last))
        except (OSError, ValueError, KeyError, TypeError, Refused):
            pass  # the repository has it as well
        return None
