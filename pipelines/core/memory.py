"""Remembers what passed: a verdict that rests on these very bytes cannot change while they do not."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Memory", "identity", "program", "stamp"]

MOST = 5000
"""Verdicts kept; all are forgotten when there are more, and soon learned again."""


@dataclass(frozen=True, slots=True)
class Memory:
    """One empty file per verdict, named by a digest of all that it depends on; without a folder, none."""

    folder: Path | None = None

    def knows(self, key: str) -> bool:
        """Say whether this passed before."""
        return self.folder is not None and (self.folder / key).exists()

    def learn(self, keys: Iterable[str]) -> None:
        """Remember what has passed; where it cannot be written down, it is proved again next time."""
        if self.folder is None:
            return
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            if sum(1 for _ in self.folder.iterdir()) > MOST:
                for path in self.folder.iterdir():
                    path.unlink()
            for key in keys:
                (self.folder / key).touch()


def stamp(parts: Iterable[bytes]) -> str:
    """Give the name of a verdict: a digest of its parts in their order."""
    whole = sha256()
    for part in parts:
        whole.update(len(part).to_bytes(8))
        whole.update(part)
    return whole.hexdigest()


def identity(file: Path) -> bytes:
    """Tell one state of a file from another without reading it; of one that is not there, only its path."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return f"{file}".encode()
    return f"{file} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}".encode()


def program(file: Path) -> bytes:
    """Tell one state of a program from another, by whatever links it is reached: caches may be shared."""
    return identity(file.resolve())
