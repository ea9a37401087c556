"""The repository of an environment: opened with its password, made where there is none yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from backups.manifest import NAME, Manifest
from stack import secrets
from stack.backup import PASSWORD
from stack.clients.restic import Restic
from stack.clients.restic_answers import Kept
from stack.errors import NothingKept, SecretUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from backups.place import Place
    from stack.clients.restic_answers import Saved
    from stack.environment import Environment

__all__ = ["BLOCKS", "SAFETY", "WHOLE", "Repository", "kind", "newest", "password_lost"]

TAGS = ("monitoring",)
"""What tells our snapshots from others; one and the same for all, since retention counts by it."""

WHOLE, SAFETY, BLOCKS = "backup", "safety", "blocks"
"""The kinds of snapshots: all that there is, what a restore has stored before it began, finished blocks.

The last two are tags as well, and such a snapshot is never meant where none is named.
"""

LOST = "put its copy back: without it no backup can be read; to begin anew, move the repository away"


@dataclass(frozen=True, slots=True)
class Repository:
    """One environment's snapshots.

    Args:
        environment: its name, by which its snapshots are found.
        restic: opens the repository.
        keep: how many are kept, by rule.
    """

    environment: str
    restic: Restic
    keep: dict[str, int]

    @classmethod
    def of(
        cls, environment: Environment, place: Place, program: Path, tell: Callable[[int, int], None]
    ) -> Repository:
        """Give the repository that an environment names; its secrets are read and kept, and it is not opened.

        Raises:
            SecretUnreadable: one of its secrets cannot be had.
        """
        named = environment.backup
        wanted = named.secrets
        references = {PASSWORD: "generated", **environment.secrets}
        for name in sorted(wanted - references.keys()):
            message = "`backup.variables` names it, and `secrets` does not say where it comes from"
            raise SecretUnreadable(name=name, message=message)
        local = not named.repository
        if local and place.repository.exists() and password_lost(references[PASSWORD], place):
            raise SecretUnreadable(name=PASSWORD, message=f"{place.secrets / PASSWORD} is gone", hint=LOST)
        secrets.materialise({name: references[name] for name in wanted}, place.secrets)
        given = {word: (place.secrets / name).read_text() for word, name in named.variables.items()}
        restic = Restic(
            program,
            named.repository or str(place.repository),
            place.secrets / PASSWORD,
            place.cache,
            given,
            tell,
        )
        return cls(environment.name, restic, named.keep.model_dump())

    def opened(self) -> tuple[Kept, ...] | None:
        """Give what is kept, the oldest first; where there is no repository yet make it, and give None.

        Raises:
            RepositoryFailed: it cannot be reached, opened or made.
        """
        kept = self.restic.snapshots(host=self.environment, tags=TAGS)
        if kept is None:
            self.restic.create()
        return kept

    def save(self, folder: Path, *, kind: str = WHOLE) -> Saved:
        """Store a folder as a snapshot of a kind."""
        return self.restic.save(folder, host=self.environment, tags=TAGS if kind == WHOLE else (*TAGS, kind))

    def snapshots(self) -> tuple[Kept, ...]:
        """List what is kept, the oldest first; nothing where there is no repository yet."""
        return self.restic.snapshots(host=self.environment, tags=TAGS) or ()

    def snapshot(self, name: str) -> Kept:
        """Give a snapshot by the beginning of its id; the newest backup without one.

        Raises:
            NothingKept: there is none, or there are several.
        """
        kept = self.snapshots()
        found = [one for one in kept if one.id.startswith(name)] if name else [newest(kept)]
        match found:
            case [Kept() as one]:
                return one
            case [None]:
                message = f"there is no backup of {self.environment} in {self.restic.shown}"
                raise NothingKept(message=message, hint="run `invoke backup`")
        known = ", ".join(one.id[:8] for one in kept) or "none"
        several = f"'{name}' stands for {len(found)} snapshots"
        said = several if found else f"there is no snapshot '{name}'"
        raise NothingKept(message=f"{said}; kept are: {known}")

    def manifest(self, snapshot: str) -> Manifest:
        """Read what a snapshot says of itself.

        Raises:
            RepositoryFailed: it is not there, or damaged.
            Refused: it is none of ours.
        """
        return Manifest.read(self.restic.read(snapshot, NAME), where=f"snapshot {snapshot[:8]}")

    def reasons(self) -> dict[str, tuple[str, ...]]:
        """Give the rules that keep each snapshot, by its id; none for one that goes with the next backup."""
        return self.restic.forget(host=self.environment, tags=TAGS, keep=self.keep, remove=False)

    def prune(self) -> tuple[str, ...]:
        """Remove the snapshots that no rule keeps, and give their ids."""
        found = self.restic.forget(host=self.environment, tags=TAGS, keep=self.keep, remove=True)
        return tuple(name for name, reasons in found.items() if not reasons)


def newest(kept: Sequence[Kept]) -> Kept | None:
    """Give the newest backup of what is kept, the oldest first; None where there is none."""
    return next((one for one in reversed(kept) if kind(one) == WHOLE), None)


def kind(kept: Kept) -> str:
    """Say of what kind a snapshot is."""
    return next((tag for tag in (SAFETY, BLOCKS) if tag in kept.tags), WHOLE)


def password_lost(reference: str, place: Place) -> bool:
    """Say whether the password was made here and is gone: another one would open nothing."""
    return reference == "generated" and not (place.secrets / PASSWORD).exists()
