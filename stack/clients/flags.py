"""Asks a program itself whether it knows the flags that it will be started with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stack.clients.command import run

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = ["refusals"]

UNKNOWN = re.compile(
    r"unknown (?:long|short) flag '(-[^']+)'|provided but not defined: (-\S+)|unknown flag: (-\S+)"
)


def refusals(program: Path, flags: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each flag that a program refuses, and what it says of it.

    It is asked for its help at the same time: so it reads its flags, and starts nothing.

    Raises:
        CommandFailed: it cannot be run.
    """
    left = list(flags)
    while left:
        done = run([program, *left, "--help"], inherit=False, timeout=20)
        if not done.code:
            return
        found = UNKNOWN.search(done.said)
        name = next(filter(None, found.groups()), "").lstrip("-") if found else ""
        bad = [flag for flag in left if flag.lstrip("-").partition("=")[0] == name]
        if not bad:
            yield " ".join(left), (done.said.splitlines() or ["it says nothing"])[-1]
            return
        yield from ((flag, f"unknown flag {flag.partition('=')[0]}") for flag in bad)
        left = [flag for flag in left if flag not in bad]
