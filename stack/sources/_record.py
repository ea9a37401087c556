"""What is known of a program that was found or unpacked: its files, and how to know them again."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Record", "digest", "read", "recognised", "stamp"]


@dataclass(frozen=True, slots=True)
class Record:
    """A program as one source has it.

    Args:
        folder: the folder that it was unpacked into, or that it stands in.
        program: its name.
        version: the version that it is.
        source: the source that it came from.
        wanted: the version that was asked for then.
        executables: its commands by the project's own names, relative to the folder (or absolute).
        beside: what must lie in its process's working folder, by the name there; relative likewise.
        digests: SHA-256 of each command.
        stamps: size, times of change and inode of each command when its digest was taken.
    """

    folder: Path
    program: str
    version: str
    source: str
    wanted: str
    executables: Mapping[str, str]
    beside: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    stamps: Mapping[str, list[int]] = field(default_factory=dict)

    def path(self, executable: str) -> Path:
        """Give the absolute path of a command."""
        return self.folder / self.executables[executable]

    def sealed(self) -> Record:
        """Take the digest and the stamp of every command.

        Raises:
            OSError: one of them cannot be read.
        """
        paths = {name: self.path(name) for name in self.executables}
        stamps = {name: stamp(path) for name, path in paths.items()}
        return replace(self, digests={name: digest(path) for name, path in paths.items()}, stamps=stamps)

    def write(self, file: Path) -> None:
        """Keep all but the folder in a file; that one is known from where the file lies.

        Raises:
            OSError: the file cannot be written.
        """
        names = [each.name for each in fields(self) if each.name != "folder"]
        write_atomically(file, to_json({name: getattr(self, name) for name in names}))


def read(file: Path, folder: Path) -> Record | None:
    """Read a record back; None where there is none or it is no longer one."""
    try:
        return Record(folder=folder, **json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):
        return None


def recognised(record: Record, file: Path) -> Record | None:
    """Say whether the commands are still those recorded in the file; None where one is missing or another.

    As long as the stamps agree nothing is read; where they do not the digests decide, and the file is
    written anew.
    """
    try:
        stamps = {name: stamp(record.path(name)) for name in record.executables}
        if stamps == record.stamps:
            return record
        if any(digest(record.path(name)) != record.digests[name] for name in record.executables):
            return None
    except (OSError, KeyError):
        return None
    renewed = replace(record, stamps=stamps)
    renewed.write(file)
    return renewed


def digest(path: Path) -> str:
    """Give the SHA-256 of a file's content, in hexadecimal.

    Raises:
        OSError: the file cannot be read.
    """
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def stamp(path: Path) -> list[int]:
    """Give what changes whenever a file is written or replaced: size, times of change, inode.

    Raises:
        OSError: there is no such file.
    """
    status = path.stat()
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
