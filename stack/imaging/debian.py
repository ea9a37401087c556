"""Files for a layer out of Debian packages: fetched in a private root, digests checked, trimmed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from stack.clients import apt
from stack.errors import Refused
from stack.imaging.layer import Entry, plain, read_folder
from stack.sources._cache import scratch
from stack.sources.debian import client, downloaded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from stack.sources import Place

__all__ = ["unpacked"]

PYTHON = "python3-minimal"
MERGED = ("bin/", "lib/", "lib64/", "sbin/")
"""Folders that older suites ship beside `usr/`; in an image they are links into it."""


def unpacked(names: Sequence[str], drop: Sequence[str], place: Place) -> dict[str, Entry]:
    """Give the files of packages as they lie in an image, and what they are for a scanner to read.

    Args:
        names: the packages, `a|b` for the first of several that the suite has; `{python}` in one stands for
            the version of the suite's own Python, `3.14`.
        drop: patterns of paths to leave out; a `*` takes slashes as well.
        place: the environment's suite, the cache, and who is told how far it is.

    Raises:
        Refused: the suite lacks a package.
        CommandFailed: apt or dpkg failed, with its own reason.
        OSError: the disk is full.
    """
    archive = client(place)
    choices = [name.format(python=_python(archive)) if "{" in name else name for name in names]
    index = archive.packages([name for choice in choices for name in choice.split("|")])
    chosen = [_first(choice, index, archive.suite) for choice in choices]
    files = downloaded(archive, [index[name] for name in chosen], place)
    entries: dict[str, Entry] = {}
    for name in chosen:
        entries |= _package(name, files[name], place)
    return {path: entry for path, entry in entries.items() if not _dropped(path, drop)}


def _python(archive: apt.Apt) -> str:
    found = archive.packages([PYTHON]).get(PYTHON)
    if found is None:
        raise Refused(message=f"{archive.suite} has no package {PYTHON}, which an image needs")
    return ".".join(found.version.split(".")[:2])


def _first(choice: str, index: dict[str, apt.Package], suite: str) -> str:
    names = choice.split("|")
    if found := next((name for name in names if name in index), None):
        return found
    raise Refused(message=f"{suite} has no package {' or '.join(names)}, which an image needs")


def _package(name: str, file: Path, place: Place) -> Iterator[tuple[str, Entry]]:
    with scratch(place.cache) as folder:
        apt.unpack(file, folder / "root")
        for path, entry in read_folder(folder / "root", passing=True):
            yield (f"usr/{path}" if path.startswith(MERGED) else path), entry
    # Scanners know by this what is in an image without a package manager.
    yield f"var/lib/dpkg/status.d/{name}", plain(apt.control(file).encode())


def _dropped(path: str, drop: Sequence[str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in drop)
