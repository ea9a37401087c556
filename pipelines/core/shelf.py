"""Opens the backups of an environment, for one run at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backups.place import Place
from pipelines.core.kept import Shelf, Snapshot
from stack.errors import Locked

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.environment import Environment
    from stack.load import Loaded

__all__ = ["environment_of", "open_shelf", "recall_snapshot"]


def environment_of(effects: Effects) -> Loaded:
    """Load the environment that a run is about.

    Raises:
        EnvironmentInvalid: with every mistake in its files and overrides.
    """
    from stack.load import load  # brings pydantic along

    options = effects.options
    return load(options.environment, sites=options.sites, overrides=options.overrides)


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
        _hold(place, effects)
    program = effects.toolbox.programs([RESTIC], environment)[RESTIC.name].executables["restic"]
    repository = Repository.of(environment, place, program, effects.console.copying)
    return Shelf(environment, place, repository)


def recall_snapshot(effects: Effects) -> Snapshot:
    """Give the snapshot that a run was told of, the newest without a name.

    Raises:
        NothingKept: there is no such snapshot.
        RepositoryFailed: the repository cannot be read.
    """
    shelf = open_shelf(environment_of(effects).environment, effects, alone=True)
    kept = shelf.repository.snapshot(effects.options.text("snapshot"))
    return Snapshot(shelf, kept.id, kept.time, shelf.repository.manifest(kept.id))


def _hold(place: Place, effects: Effects) -> None:
    from filelock import FileLock, Timeout  # only runs that change something need it

    place.root.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(place.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        holder = "a backup, a verification or a restore"
        raise Locked(name=effects.options.environment, holder=holder) from error
    effects.closing.callback(lock.release)
