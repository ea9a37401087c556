"""Opens the backups of an environment, for one run at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backups.place import Place
from pipelines.core.kept import Shelf, Snapshot
from pipelines.core.lock import lock_until_the_end

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.environment import Environment

__all__ = ["chosen", "open_shelf", "recall_snapshot"]


def open_shelf(environment: Environment, effects: Effects, *, alone: bool) -> Shelf:
    """Give an environment's backups; the repository is not opened yet.

    Args:
        environment: whose.
        effects: those of the run.
        alone: whether no other run may work with them until this one ends.

    Raises:
        Locked: another run does.
        BinaryMissing: no source has restic.
        SecretUnreadable: the password cannot be had.
    """
    from backups.repository import Repository
    from stack.clients.restic_program import RESTIC

    place = Place(effects.var / "backups" / environment.name)
    if alone:
        place.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock_until_the_end(place.lock, effects, lambda: "a backup, a verification or a restore")
    program = effects.toolbox.programs([RESTIC], environment)[RESTIC.name].executables["restic"]
    repository = Repository.of(environment, place, program, effects.console.copying)
    return Shelf(environment, place, repository)


def recall_snapshot(effects: Effects) -> Snapshot:
    """Give the snapshot that a run was told of, the newest without a name.

    Raises:
        NothingKept: there is no such snapshot.
        RepositoryFailed: the repository cannot be read.
    """
    return chosen(open_shelf(effects.options.load().environment, effects, alone=True), effects)


def chosen(shelf: Shelf, effects: Effects) -> Snapshot:
    """Give the snapshot of a shelf that a run was told of, the newest without a name.

    Raises:
        NothingKept: there is no such snapshot.
        RepositoryFailed: the repository cannot be read.
    """
    kept = shelf.repository.snapshot(effects.options.text("snapshot"))
    manifest = shelf.place.remembered(kept.id) or shelf.repository.manifest(kept.id)
    return Snapshot(shelf, kept.id, kept.time, manifest)
