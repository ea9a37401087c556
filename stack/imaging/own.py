"""The layers of our own programs: a Python of the suite with what they import, and above it their code."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path
from typing import TYPE_CHECKING

from stack.errors import DefinitionInvalid
from stack.imaging.base import WASTE
from stack.imaging.debian import unpacked
from stack.imaging.layer import Entry, link, plain
from stack.imports import distributions

if TYPE_CHECKING:
    from stack.sources import Place
    from stack.tree import Tree

__all__ = ["PACKAGES", "code_files", "foreign", "python_files"]

PACKAGES = (
    "libbz2-1.0",
    "libexpat1",
    "libffi8|libffi7",
    "liblzma5",
    "libpython{python}-minimal",
    "libpython{python}-stdlib",
    "libssl3t64|libssl3",
    "libuuid1",
    "libzstd1",
    "media-types",
    "python3-minimal",
    "python{python}-minimal",
    "zlib1g",
)

COMPILED = {
    "bcrypt": ("python3-bcrypt",),
    "psutil": ("python3-psutil",),
    "pyyaml": ("python3-yaml", "libyaml-0-2"),
}
"""Distributions that are compiled for one Python; the suite has them for its own. All others are as here."""

LIBRARY = "usr/lib/python3/dist-packages"

NEEDLESS = (
    *WASTE,
    "etc/*",
    "usr/bin/py3*",
    "usr/bin/pydoc*",
    "usr/lib/*/engines-3/*",
    "usr/lib/binfmt.d/*",
    "usr/lib/python3*/ctypes/macholib/*",
    "usr/lib/python3*/ensurepip/*",
    "usr/lib/python3*/idlelib/*",
    "usr/lib/python3*/lib-dynload/_ctypes_test*",
    "usr/lib/python3*/lib-dynload/_curses*",
    "usr/lib/python3*/lib-dynload/_dbm*",
    "usr/lib/python3*/lib-dynload/_sqlite3*",
    "usr/lib/python3*/lib-dynload/_test*",
    "usr/lib/python3*/lib-dynload/readline*",
    "usr/lib/python3*/pydoc_data/*",
    "usr/lib/python3*/sqlite3/*",
    "usr/lib/python3*/test/*",
    "usr/lib/python3*/tkinter/*",
    "usr/lib/python3*/turtle*",
    "usr/lib/python3*/unittest/*",
    "usr/share/binfmts/*",
    "usr/share/pixmaps/*",
    "usr/share/python3*",
)
"""Paths that none of our programs reads, and parts of Python whose libraries are large."""


def foreign(code: Tree) -> tuple[str, ...]:
    """Name the distributions that our programs in the image rest on, sorted."""
    return tuple(sorted(distributions(code, code.files)))


def python_files(names: tuple[str, ...], place: Place) -> dict[str, Entry]:
    """Give the files of Python and of these distributions.

    Raises:
        Refused: the suite lacks a package.
        CommandFailed: apt or dpkg failed, with its own reason.
        DefinitionInvalid: a distribution is compiled for the Python here, and no package of it is known.
        OSError: the disk is full.
    """
    packages = [*PACKAGES, *(package for name in names for package in COMPILED.get(name, ()))]
    entries = unpacked(packages, NEEDLESS, place)
    for name in names:
        if name not in COMPILED:
            entries |= _distribution(name)
    return {
        path: entry for path, entry in entries.items() if not path.startswith("usr/share/doc/python3")
    } | {"usr/bin/python": link("python3")}


def code_files(code: Tree) -> dict[str, Entry]:
    """Give our own code, where Python looks for it."""
    return {f"{LIBRARY}/{path}": plain(data) for path, data in code.files.items()}


def _distribution(name: str) -> dict[str, Entry]:
    """Take a distribution as it is installed here; one with compiled parts is for the Python here alone."""
    found = distribution(name)
    paths = {file.as_posix(): Path(str(file.locate())) for file in found.files or ()}
    sources = {path: place for path, place in paths.items() if _is_source(path)}
    if any(path.endswith(".so") for path in paths):
        message = f"{name} is compiled, and no package of the suite is known for it"
        raise DefinitionInvalid(file="stack/imaging/own.py", message=message)
    return {f"{LIBRARY}/{path}": plain(place) for path, place in sources.items()}


def _is_source(path: str) -> bool:
    return not path.startswith("..") and "__pycache__" not in path and not path.endswith((".so", "RECORD"))
