"""A rendered tree: relative paths and bytes, the same wherever it is put."""

from __future__ import annotations

import difflib
import hashlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["Tree", "write_atomically"]


@dataclass(frozen=True, slots=True)
class Tree:
    """Files by relative POSIX path; equal content has an equal digest on every machine."""

    files: Mapping[str, bytes]

    @property
    def digest(self) -> str:
        """Twelve hexadecimal digits that name this content."""
        whole = hashlib.sha256()
        for path in sorted(self.files):
            whole.update(f"{path}\0{len(self.files[path])}\0".encode())
            whole.update(self.files[path])
        return whole.hexdigest()[:12]

    def below(self, folder: str) -> Tree:
        """Give the part below a folder, paths still relative to the whole tree."""
        prefix = f"{folder}/"
        return Tree({path: data for path, data in self.files.items() if path.startswith(prefix)})

    def write(self, folder: Path) -> None:
        """Write every file below a new folder and flush it to the disk.

        Raises:
            OSError: the disk is full or the folder cannot be written.
        """
        for path, data in self.files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())

    @classmethod
    def read(cls, folder: Path) -> Tree:
        """Read every file below a folder back."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        return cls({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})

    def diff(self, old: Tree) -> Iterator[str]:
        """Yield the lines of a unified diff from an older tree to this one, file by file."""
        for path in sorted({*old.files, *self.files}):
            before, after = old.files.get(path, b""), self.files.get(path, b"")
            if before != after:
                yield from difflib.unified_diff(
                    before.decode(errors="replace").splitlines(),
                    after.decode(errors="replace").splitlines(),
                    fromfile=f"a/{path}" if path in old.files else "/dev/null",
                    tofile=f"b/{path}" if path in self.files else "/dev/null",
                    lineterm="",
                )


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Replace a file by one `rename(2)`: a reader sees the old content or the new, never a part.

    Raises:
        OSError: the disk is full or the folder cannot be written; the old content stays.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
