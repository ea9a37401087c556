"""Finds the real programs that the integration tests run, once for all of them."""

from __future__ import annotations

import sys
from pathlib import Path

from stack.assemble import services
from stack.binaries import resolve
from stack.errors import StackError
from stack.load import load

__all__ = ["find"]

CACHE = Path(__file__).parents[1] / "var" / "cache"


def find() -> None:
    """Find every program that the stack cannot do without, and fetch what is not on this machine.

    Those that `local` does not run are among them: tests of their rules do.

    Raises:
        BinaryMissing: no source has one of them.
    """
    environment = load("local").environment
    needed = [service for service in services().values() if not service.optional]
    wanted = [service.program for service in needed if service.program]
    found = resolve(wanted, environment, CACHE, tell=say, progress=lambda *_: None)
    say("the tests run " + ", ".join(f"{name} {binary.version}" for name, binary in found.items()))


def say(line: str) -> None:
    """Tell whoever reads the session."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    try:
        find()
    except StackError as error:
        sys.exit(f"{error}; {error.advice}")
