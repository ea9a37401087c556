"""The state of one service on a volume of an engine: copied out and in as archives, by way of the keeper."""

from __future__ import annotations

import os
import shutil
import tarfile
import tempfile
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING

from stack.clients.docker import answered
from stack.runtimes.store import inner, remove

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from stack.runtimes.volumes import Volumes

__all__ = ["VolumeStore"]


class VolumeStore:
    """State on a volume.

    Args:
        volumes: those of the environment.
        service: whose state it is.
    """

    def __init__(self, volumes: Volumes, service: str) -> None:
        self._volumes = volumes
        self._folder = Path("data", service)

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Name what lies in a folder of it, sorted."""
        return tuple(self._volumes.names(self._place(folder)))

    def take(self, path: str, target: Path) -> None:
        """Copy a file or folder out."""
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        partial.mkdir()
        try:
            with answered(f"copy {path} out of a volume"), tempfile.TemporaryFile(dir=partial.parent) as file:
                _write(self._volumes.archive(self._place(path)), file)
                with tarfile.open(fileobj=file) as archive:
                    _lay_out(archive, partial)
            (only,) = partial.iterdir()
            only.rename(target)
        finally:
            remove(partial)

    def digests(self, folder: str) -> Mapping[str, str]:
        """Give the SHA-256 of every file below a folder of it."""
        return self._volumes.digests(self._place(folder))

    def put(self, source: Path, path: str) -> None:
        """Copy a file or folder in."""
        place = PurePosixPath(self._place(path))
        partial = place.with_name(f".{place.name}.partial")
        folder = str(self._folder)
        self._volumes.drop(str(partial))
        try:
            self._volumes.make(str(place.parent), like=folder)
            with answered(f"copy {path} onto a volume"), tempfile.TemporaryFile(dir=source.parent) as file:
                with tarfile.open(fileobj=file, mode="w") as archive:
                    archive.add(source, partial.name)
                file.seek(0)
                self._volumes.unpack(str(place.parent), file)
            self._volumes.own(str(partial), like=folder)
            self._volumes.drop(str(place))
            self._volumes.move(str(partial), str(place))
        finally:
            with suppress(OSError):
                self._volumes.drop(str(partial))

    def move(self, path: str, to: str) -> None:
        """Give a file or folder another name."""
        self._volumes.move(self._place(path), self._place(to))

    def remove(self, path: str) -> None:
        """Remove a file or folder."""
        self._volumes.drop(self._place(path))

    def _place(self, path: str) -> str:
        return str(inner(self._folder, path))


def _lay_out(archive: tarfile.TarFile, folder: Path) -> None:
    """Lay the files of an archive into a folder, with the times of their last change, and no link."""
    for member in archive:
        place = inner(folder, member.name)
        if member.isdir():
            place.mkdir(exist_ok=True)
        elif data := archive.extractfile(member):
            with place.open("wb") as file:
                shutil.copyfileobj(data, file)
            os.utime(place, (member.mtime, member.mtime))


def _write(chunks: Iterable[bytes], file: IO[bytes]) -> None:
    for chunk in chunks:
        file.write(chunk)
    file.seek(0)
