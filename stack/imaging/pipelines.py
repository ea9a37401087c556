"""The layers of the pipelines: what they import, the programs that they start, and above all their code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stack.clients import pip
from stack.errors import Refused
from stack.images import PIPELINES, pipelines_code
from stack.imaging.base import WASTE
from stack.imaging.debian import unpacked
from stack.imaging.layer import plain, read_folder
from stack.imaging.needs import names_in
from stack.imaging.official import LOCK, pinned
from stack.imaging.program import program_files
from stack.imports import distributions
from stack.sources import architecture
from stack.sources._cache import scratch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stack.binaries import Binary
    from stack.imaging.layer import Entry, Layer
    from stack.sources import Place
    from stack.tree import Tree

__all__ = [
    "CODE",
    "TAKEN",
    "TOOLS",
    "VARIABLES",
    "code_files",
    "pins",
    "python_of",
    "tool_files",
    "wheel_files",
]

CODE = "usr/lib/monitoring/code"
PACKAGES = "usr/lib/monitoring/packages"
VARIABLES = {"PYTHONPATH": f"/{CODE}:/{PACKAGES}"}
LISTED = {"usr/lib/python3/dist-packages/monitoring.pth": plain(f"/{PACKAGES}\n".encode())}
"""Lets Python find the packages where it is started with no variables, as a supervisor is."""

DRAWN = "stack/dashboards/pictures/"
"""What draws pictures for people: its libraries are larger than all others together, and stay out."""

TOOLS = ("libcap-ng0", "libpython{python}-stdlib", "util-linux")
TAKEN = (
    "usr/bin/setpriv",
    r"usr/lib/[^/]+/libcap-ng\..*",
    "usr/lib/python[^/]+/unittest/.*",
    r"var/lib/dpkg/status\.d/.*",
)
"""What is taken of these packages: what ties a program's life to another's, and what Invoke has for tests."""

OLDEST = (3, 11)


def pins() -> str:
    """Give the part of the lock that pins what the pipelines import."""
    code = pipelines_code()
    sources = [path for path in code.files if path.endswith(".py") and not path.startswith(DRAWN)]
    return pinned(distributions(code, sources), LOCK.read_text())


def python_of(layer: Layer) -> str:
    """Give the version of the Python in a layer: `3.14`.

    Raises:
        Refused: it is older than what the pipelines are written for.
    """
    found = (re.fullmatch(r"usr/bin/python(3\.\d+)", name) for name in names_in(layer))
    version = next(one[1] for one in found if one)
    if tuple(map(int, version.split("."))) < OLDEST:
        message = f"the suite has Python {version}, and the pipelines need {'.'.join(map(str, OLDEST))}"
        raise Refused(message=message, hint="name a newer one: `binaries: {suite: …}`")
    return version


def wheel_files(lines: str, python: str, place: Place) -> dict[str, Entry]:
    """Give the files of pinned distributions, for the Python of the image.

    Raises:
        Refused: there is no pip.
        CommandFailed: one of them is not to be had.
        OSError: the disk is full.
    """
    with scratch(place.cache) as folder:
        place.tell("fetching the packages of requirements.lock for an image")
        pip.install(lines, folder / "packages", python, architecture())
        found = read_folder(folder / "packages", passing=True)
        return {f"{PACKAGES}/{path}": entry for path, entry in found if _is_read(path)} | LISTED


def tool_files(binaries: Iterable[Binary], place: Place) -> dict[str, Entry]:
    """Give the programs that pipelines start.

    Raises:
        Refused: the suite lacks a package.
        CommandFailed: apt or dpkg failed, with its own reason.
        OSError: one of them cannot be read, or the disk is full.
    """
    found = unpacked(TOOLS, WASTE, place)
    entries = {path: entry for path, entry in found.items() if re.fullmatch("|".join(TAKEN), path)}
    for binary in binaries:
        entries |= program_files(binary, PIPELINES)
    return entries


def code_files(code: Tree) -> dict[str, Entry]:
    """Give the code as it lies in the repository."""
    return {f"{CODE}/{path}": plain(data) for path, data in code.files.items()}


def _is_read(path: str) -> bool:
    """Leave out commands, which hold the path of a Python of this machine, and what lists them."""
    return not path.startswith("bin/") and not path.endswith(("/RECORD", ".pyc"))
