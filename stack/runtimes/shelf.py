"""What a runtime keeps on disk: releases, the link to the live one, and the note of how far it has come."""

from __future__ import annotations

import os
import shutil
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.errors import NothingKept
from stack.runtimes.protocol import Live, State
from stack.runtimes.record import Record
from stack.tree import Tree, write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.runtimes.layout import Layout

__all__ = ["KEEP", "Shelf"]

KEEP = 10
"""Releases kept beside the live one and the last one that was proved."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """The folder of one environment, whoever's processes read it."""

    layout: Layout

    def live(self) -> Live:
        """Say what was made live, and how far that came; which processes run is not known here."""
        release, record = self.layout.live_id(), Record.read(self.layout.record)
        if release is None:
            return Live()
        cut_off = record.release != release
        return Live(
            release=release,
            state=State.ACTIVATING if cut_off else State(record.state),
            activated_at=0.0 if cut_off else record.activated.get(release, 0.0),
            tree=Tree.read(self.layout.releases / release),
        )

    def releases(self) -> tuple[tuple[str, float, bool], ...]:
        """List kept releases, the newest first: id, unix seconds of its last activation, proved or not."""
        record = Record.read(self.layout.record)
        names = [path.name for path in self.layout.releases.glob("[!.]*")]
        found = ((name, record.activated.get(name, 0.0), name in record.proved) for name in names)
        return tuple(sorted(found, key=lambda entry: -entry[1]))

    def kept(self, release: str) -> Tree:
        """Give the files of a kept release.

        Raises:
            NothingKept: there is no such release.
        """
        folder = self.layout.releases / release
        if not release or release.startswith(".") or "/" in release or not folder.is_dir():
            known = ", ".join(name for name, _, _ in self.releases()) or "none"
            raise NothingKept(message=f"release '{release}' is not kept; kept are: {known}")
        return Tree.read(folder)

    def publish(self, release: str, tree: Tree) -> None:
        """Write a release beside its place and rename it; one that somebody has edited is written anew.

        Raises:
            OSError: the disk is full or the folder cannot be written; what was there stays.
        """
        place = self.layout.releases / release
        if place.is_dir() and Tree.read(place) == tree:
            return
        for leftover in self.layout.releases.glob(".*"):
            shutil.rmtree(leftover, ignore_errors=True)
        partial = self.layout.releases / f".{release}.{os.getpid()}"
        edited = partial.with_suffix(".edited")
        try:
            tree.write(partial)
            if place.is_dir():
                place.rename(edited)
            partial.rename(place)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
            shutil.rmtree(edited, ignore_errors=True)

    def begin(self, release: str) -> None:
        """Note that the activation of a release begins, and let the link point to it."""
        Record.read(self.layout.record).begun(release, time.time()).write(self.layout.record)
        self.layout.flip(release)

    def lay_watched(self, service: str, files: Mapping[str, bytes]) -> None:
        """Put what a server watches at its fixed place, file by file, and take away what is no longer wanted.

        Args:
            service: its name.
            files: the content of each file, by its path below `watched/<service>/`.
        """
        folder = self.layout.watched / service
        there = Tree.read(folder).files
        for path, data in files.items():
            if there.get(path) != data:
                write_atomically(folder / path, data)
        for path in there.keys() - files.keys():
            (folder / path).unlink()

    def end(self) -> None:
        """Note that the live release's services have taken it."""
        Record.read(self.layout.record).ended().write(self.layout.record)

    def prove(self, release: str) -> None:
        """Note that the live release passed its smoke test, and forget the oldest ones."""
        record = Record.read(self.layout.record)
        if record.release == release:
            self._prune(record.proven(time.time())).write(self.layout.record)

    def _prune(self, record: Record) -> Record:
        last_proved = max(record.proved, key=lambda name: record.proved[name], default=None)
        names = [name for name, _, _ in self.releases()]
        gone = set(names[KEEP:]) - {record.release, last_proved}
        for name in gone:
            shutil.rmtree(self.layout.releases / name)
        return record.without(gone)
