"""A layer of an image: files, and the one tar archive that they make on every machine."""

from __future__ import annotations

import hashlib
import io
import stat
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Entry", "Layer", "executable", "folder", "link", "plain", "read_folder", "write"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a layer, owned by root and without a time.

    Args:
        kind: tar's type of it: a file, a folder or a symbolic link.
        mode: its permissions.
        data: a file's content, or where to read it when the layer is written.
        target: where a link leads.
    """

    kind: bytes
    mode: int
    data: bytes | Path = b""
    target: str = ""

    @property
    def size(self) -> int:
        """The length of the content in bytes."""
        return self.data.stat().st_size if isinstance(self.data, Path) else len(self.data)


@dataclass(frozen=True, slots=True)
class Layer:
    """A written layer: its file, the SHA-256 of it in hexadecimal, its length in bytes."""

    path: Path
    digest: str
    size: int

    @classmethod
    def of(cls, path: Path) -> Layer:
        """Read a written layer's digest.

        Raises:
            OSError: the file cannot be read.
        """
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return cls(path, digest, path.stat().st_size)


def plain(data: bytes | Path) -> Entry:
    """Make a file that all may read."""
    return Entry(tarfile.REGTYPE, 0o644, data)


def executable(data: bytes | Path) -> Entry:
    """Make a file that all may run."""
    return Entry(tarfile.REGTYPE, 0o755, data)


def folder(mode: int = 0o755) -> Entry:
    """Make a folder."""
    return Entry(tarfile.DIRTYPE, mode)


def link(target: str) -> Entry:
    """Make a symbolic link."""
    return Entry(tarfile.SYMTYPE, 0o777, target=target)


def read_folder(root: Path, *, passing: bool) -> Iterator[tuple[str, Entry]]:
    """Yield every file and link below a folder by its relative path.

    Args:
        root: the folder.
        passing: whether it will be gone when the layer is written: then each content is read right away.

    Raises:
        OSError: one of them cannot be read.
    """
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        if path.is_symlink():
            yield name, link(path.readlink().as_posix())
        elif path.is_file():
            kind = executable if path.stat().st_mode & stat.S_IXUSR else plain
            yield name, kind(path.read_bytes() if passing else path)


def write(entries: Mapping[str, Entry], target: Path) -> Layer:
    """Write a layer: equal entries give equal bytes, so that an engine keeps the layer once.

    Args:
        entries: what is in it, by path without a leading slash; folders in between are made.
        target: the file to write.

    Raises:
        OSError: the disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    whole = {**_folders(entries), **entries}
    with target.open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(whole):
            _add(tar, name, whole[name])
    return Layer.of(target)


def _folders(entries: Mapping[str, Entry]) -> dict[str, Entry]:
    parents = {parent.as_posix() for name in entries for parent in Path(name).parents}
    return {name: folder() for name in parents if name != "."}


def _add(tar: tarfile.TarFile, name: str, entry: Entry) -> None:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.linkname = entry.kind, entry.mode, entry.target
    info.size = entry.size
    if isinstance(entry.data, Path):
        with entry.data.open("rb") as stream:
            tar.addfile(info, stream)
    else:
        tar.addfile(info, io.BytesIO(entry.data))
