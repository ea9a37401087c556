"""restic: where backups are stored, each byte once, encrypted, and read again to be checked.

Source: https://restic.readthedocs.io/en/stable/075_scripting.html
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.clients.command import TIED, TOO_LONG, followed
from stack.clients.restic_answers import HINTS, LOCKED, MISSING, Kept, Saved, documents, fault
from stack.errors import CommandFailed, RepositoryFailed
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from stack.clients.command import Completed

__all__ = ["Restic"]

WAIT = "30s"
"""How long a lock of another run is waited for."""

OPENING = 30.0
"""Seconds until a repository must have answered: restic itself tries for a quarter of an hour."""

DAY = 24 * 3600.0
"""Seconds that one command may take: the first backup of a large folder over a slow line."""

CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+@")


def _untold(done: int, total: int) -> None:
    del done, total


@dataclass(frozen=True, slots=True)
class Restic:
    """One repository.

    Its address and password reach restic by its environment and a file, never by argv.

    Args:
        path: the program.
        repository: where it is, as restic names it: a folder, `sftp:`, `s3:`, `rest:` and so on.
        password: the file that holds its password.
        cache: the folder for restic's own cache.
        variables: what the storage asks for, as credentials.
        tell: takes how far a long work is, in bytes: done, and of how many.
    """

    path: Path
    repository: str
    password: Path
    cache: Path
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    tell: Callable[[int, int], None] = field(default=_untold, repr=False)

    @property
    def shown(self) -> str:
        """Where it is, without who asks there."""
        return CREDENTIALS.sub("", self.repository)

    def create(self) -> None:
        """Make the repository.

        Raises:
            RepositoryFailed: there is one already, or its place cannot be written.
        """
        self._checked(self._run("init"))

    def save(self, folder: Path, *, host: str, tags: Sequence[str] = ()) -> Saved:
        """Store what is in a folder, by paths relative to it.

        A file that cannot be read fails the backup; the snapshot without it is not kept.

        Raises:
            RepositoryFailed: the repository cannot take it, or the folder cannot be read whole.
        """
        # A link or a copy made anew is the same file still: its size and time of change tell.
        words = ("backup", ".", "--ignore-ctime", "--ignore-inode", "--host", host, *_together(tags))
        done = self._run(*words, cwd=folder)
        said: dict[str, Any] = next(
            (one for one in documents(done.stdout) if one.get("message_type") == "summary"), {}
        )
        if done.code and (made := said.get("snapshot_id")):
            self._run("forget", made)
        self._checked(done)
        return Saved(
            id=said["snapshot_id"],
            files=said["total_files_processed"],
            size=said["total_bytes_processed"],
            added=said["data_added_packed"],
        )

    def snapshots(self, *, host: str, tags: Sequence[str] = ()) -> tuple[Kept, ...] | None:
        """Give what is kept of a host with all of these tags, the oldest first; None: there is no repository.

        Raises:
            RepositoryFailed: it cannot be reached, opened or read.
        """
        words = ("snapshots", "--host", host, *_together(tags))
        try:
            done = self._run(*words, timeout=OPENING)
        except CommandFailed as error:
            if error.fields["code"] != TOO_LONG:
                raise
            raise self._failed(f"no answer within {OPENING:.0f} s") from error
        if done.code == MISSING:
            return None
        found = (
            Kept(one["id"], unix(one["time"]), one["hostname"], tuple(one.get("tags") or ()))
            for one in json.loads(self._checked(done).stdout or "[]")
        )
        return tuple(sorted(found, key=lambda one: one.time))

    def read(self, snapshot: str, path: str) -> str:
        """Give a text file of a snapshot.

        Raises:
            RepositoryFailed: there is no such snapshot or file, or it is damaged.
        """
        return self._checked(self._run("dump", "--no-lock", snapshot, f"/{path}")).stdout

    def sizes(self, snapshot: str) -> dict[str, int]:
        """Give the bytes of each file of a snapshot, by its path there.

        Raises:
            RepositoryFailed: there is no such snapshot, or what it lists is damaged.
        """
        listed = documents(self._checked(self._run("ls", "--no-lock", snapshot)).stdout)
        return {one["path"][1:]: one["size"] for one in listed if one.get("type") == "file"}

    def restore(self, snapshot: str, target: Path, *, only: Sequence[str] = ()) -> None:
        """Bring a snapshot back into a folder and read again what was written.

        Args:
            snapshot: its id, or the beginning of it.
            target: the folder, made where it is missing.
            only: paths within the snapshot; without one all of it.

        Raises:
            RepositoryFailed: there is no such snapshot, it is damaged, or the folder cannot be written.
        """
        chosen = (f"--include=/{path}" for path in only)
        self._checked(self._run("restore", snapshot, "--target", str(target), "--verify", *chosen))

    def check(self, share: str = "") -> None:
        """Prove that the repository is whole.

        Args:
            share: which of its data is read: `n/t`, a percentage, or `100%` for every byte; without one
                nothing but its structure, which misses a flipped byte.

        Raises:
            RepositoryFailed: it is not whole, with the first damage.
        """
        read = (f"--read-data-subset={share}",) if share else ()
        self._checked(self._run("check", *read))

    def forget(
        self, *, host: str, tags: Sequence[str], keep: Mapping[str, int], remove: bool
    ) -> dict[str, tuple[str, ...]]:
        """Say why each snapshot is kept, and remove those that no rule keeps, and what only they held.

        They are grouped by host and tags: paths differ from run to run, and every group keeps its own.

        Args:
            host: whose.
            tags: those that they all carry.
            keep: how many by `last`, `hourly`, `daily`, `weekly`, `monthly`, `yearly`.
            remove: whether any is removed; without it this only says what would be.

        Returns:
            The rules that keep a snapshot, by its id; none for one that goes.

        Raises:
            RepositoryFailed: the repository cannot be written, or another run holds it.
        """
        rules = (f"--keep-{name}={count}" for name, count in keep.items() if count)
        what = "--prune" if remove else "--dry-run"
        words = ("forget", what, "--group-by=host,tags", "--host", host, *_together(tags), *rules)
        said = documents(self._checked(self._run(*words)).stdout)
        groups = next((one for one in said if isinstance(one, list)), [])
        gone = {one["id"]: () for group in groups for one in group.get("remove") or ()}
        return gone | {
            one["snapshot"]["id"]: tuple(one["matches"])
            for group in groups
            for one in group.get("reasons") or ()
        }

    def _run(self, *words: str, cwd: Path | None = None, timeout: float = DAY) -> Completed:
        env = {
            "RESTIC_REPOSITORY": self.repository,
            "RESTIC_PASSWORD_FILE": str(self.password),
            "RESTIC_CACHE_DIR": str(self.cache),
            "RESTIC_PROGRESS_FPS": "2",
            **self.variables,
        }

        def ran(*options: str) -> Completed:
            argv = (*TIED, str(self.path), *options)
            return followed(argv, self._status, env=env, cwd=cwd, timeout=timeout)

        done = ran("--json", *words)
        if done.code == LOCKED:
            # What a killed run has left is taken away, and what a living one holds is waited for.
            ran("unlock")
            done = ran("--json", "--retry-lock", WAIT, *words)
        return done

    def _status(self, line: str) -> bool:
        """Tell how far it is, where that is what a line says."""
        if not line.startswith('{"message_type":"status"'):
            return False
        said = json.loads(line)
        self.tell(said.get("bytes_done", said.get("bytes_restored", 0)), said.get("total_bytes", 0))
        return True

    def _checked(self, done: Completed) -> Completed:
        if done.code:
            raise self._failed(fault(done), HINTS.get(done.code, ""))
        return done

    def _failed(self, message: str, hint: str = "") -> RepositoryFailed:
        return RepositoryFailed(where=self.shown, message=CREDENTIALS.sub("", message), hint=hint)


def _together(tags: Sequence[str]) -> tuple[str, ...]:
    return (f"--tag={','.join(tags)}",) if tags else ()
