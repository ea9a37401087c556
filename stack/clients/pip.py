"""pip: the distributions that `requirements.lock` pins, for another Python than ours.

Source: https://pip.pypa.io/en/stable/cli/pip_install/
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING

from stack.clients.command import run
from stack.errors import Refused
from stack.tree import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["install"]

MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
LEGACY = ("manylinux2014", "manylinux2010", "manylinux1")
NEWEST = 41
"""The C library that a wheel may ask for at most, 2.41: that of the oldest suite whose Python we take."""

PATIENCE = 900.0
"""Seconds for some ten megabytes, over a slow line."""


def install(pins: str, target: Path, python: str, architecture: str) -> None:
    """Lay out the wheels of pinned distributions as one folder that Python looks into; none is compiled here.

    Args:
        pins: lines of a lock, with digests.
        target: the folder, in one that is made.
        python: the version of the Python that they are for: `3.14`.
        architecture: Debian's name of the machine's architecture.

    Raises:
        Refused: this Python has no pip.
        CommandFailed: one of them is not to be had, with pip's own reason.
        OSError: the disk is full.
    """
    if find_spec("pip") is None:
        message = "this Python has no pip, which brings the packages of requirements.lock into an image"
        raise Refused(message=message, hint="`./run invoke …` makes one that has it")
    listed = target.with_name("requirements.txt")
    write_atomically(listed, pins.encode())
    names = [*(f"manylinux_2_{minor}" for minor in range(NEWEST, 4, -1)), *LEGACY]
    platforms = (word for name in names for word in ("--platform", f"{name}_{MACHINES[architecture]}"))
    wheels: tuple[str | Path, ...] = ("--only-binary=:all:", "--python-version", python, *platforms)
    pinned: tuple[str | Path, ...] = ("--no-deps", "--require-hashes", "--requirement", listed)
    made: tuple[str | Path, ...] = ("--no-compile", "--no-warn-conflicts", "--target", target)
    words = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input")
    run([sys.executable, *words, *wheels, *pinned, *made], timeout=PATIENCE).checked()
