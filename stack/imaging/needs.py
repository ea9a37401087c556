"""Whether an image has every shared library that what is in it asks for."""

from __future__ import annotations

import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from stack.errors import Refused
from stack.imaging.elf import is_elf, needs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stack.imaging.layer import Entry, Layer

__all__ = ["names_in", "refuse_unmet"]


def names_in(layer: Layer) -> frozenset[str]:
    """Name every path of a written layer."""
    with tarfile.open(layer.path) as tar:
        return frozenset(tar.getnames())


def refuse_unmet(entries: Mapping[str, Entry], below: Collection[str]) -> None:
    """Refuse a layer in which something could not be started.

    Args:
        entries: what is in the layer.
        below: the paths in the layers that it will lie on.

    Raises:
        Refused: a program or library needs a library that is nowhere.
    """
    there = {PurePosixPath(name).name for name in (*entries, *below)}
    for path, entry in entries.items():
        data = entry.data if isinstance(entry.data, bytes) else _head(entry.data)
        if missing := _missing(data, there):
            message = f"/{path} needs {missing}, which is in no package that its image is made of"
            raise Refused(message=message)


def _missing(data: bytes, there: Collection[str]) -> str:
    if not is_elf(data):
        return ""
    asked = needs(data)
    wanted = (PurePosixPath(asked.loader).name, *asked.libraries)
    return next((name for name in wanted if name and name not in there), "")


def _head(path: Path) -> bytes:
    """Read a file as far as it says something: all of it, where it is a program."""
    with path.open("rb") as file:
        first = file.read(64)
        return first + file.read() if is_elf(first) else first
