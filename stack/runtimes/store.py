"""The state of one service, where it lies: copied out for a backup, and brought back."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FolderStore", "Store", "digest", "inner", "remove"]


class Store(Protocol):
    """One service's state; every path is relative to its folder."""

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Name what lies in a folder of it, sorted; nothing where there is no such folder."""
        ...

    def take(self, path: str, target: Path) -> None:
        """Copy a file or folder out, to a place where nothing is yet; by hard links where that can be.

        Raises:
            NothingKept: there is none.
            OSError: it cannot be read, or the target not be written.
        """
        ...

    def digests(self, folder: str) -> Mapping[str, str]:
        """Give the SHA-256 of every file below a folder of it, by its path there; they are read in place."""
        ...

    def put(self, source: Path, path: str) -> None:
        """Copy a file or folder in, in place of what is there; it is there whole, or not at all.

        It belongs to the service then.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        ...

    def move(self, path: str, to: str) -> None:
        """Give a file or folder another name, by one `rename(2)`; its new folder is made."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file or folder, where there is one."""
        ...


class FolderStore:
    """State in a folder of this machine.

    Args:
        folder: the service's.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, folder: str = "") -> tuple[str, ...]:
        """Name what lies in a folder of it, sorted."""
        place = inner(self._folder, folder)
        return tuple(sorted(path.name for path in place.iterdir())) if place.is_dir() else ()

    def take(self, path: str, target: Path) -> None:
        """Copy a file or folder out."""
        copy(inner(self._folder, path), target)

    def digests(self, folder: str) -> Mapping[str, str]:
        """Give the SHA-256 of every file below a folder of it."""
        place = inner(self._folder, folder)
        found = sorted(path for path in place.rglob("*") if path.is_file())
        return {path.relative_to(place).as_posix(): digest(path) for path in found}

    def put(self, source: Path, path: str) -> None:
        """Copy a file or folder in."""
        place = inner(self._folder, path)
        partial = place.with_name(f".{place.name}.{os.getpid()}.partial")
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            copy(source, partial)
            remove(place)
            partial.rename(place)
        finally:
            remove(partial)

    def move(self, path: str, to: str) -> None:
        """Give a file or folder another name."""
        place = inner(self._folder, to)
        place.parent.mkdir(parents=True, exist_ok=True)
        inner(self._folder, path).rename(place)

    def remove(self, path: str) -> None:
        """Remove a file or folder."""
        remove(inner(self._folder, path))


def inner(folder: Path, path: str) -> Path:
    """Give a place below a folder.

    Raises:
        Refused: the path leads out of it.
    """
    place = Path(os.path.normpath(folder / path))
    if not place.is_relative_to(folder):
        raise Refused(message=f"{path} leads out of {folder}")
    return place


def digest(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder, by hard links where both are on one file system that has them."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=_linked)
    else:
        _linked(source, target)


def remove(place: Path) -> None:
    """Remove a file or folder, where there is one."""
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _linked(source: str | Path, target: str | Path) -> str | Path:
    with suppress(OSError):
        os.link(source, target, follow_symlinks=False)
        return target
    return shutil.copy2(source, target, follow_symlinks=False)
