"""Finds the real programs that the integration tests run, once for all of them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stack.assemble import services
from stack.binaries import resolve
from stack.clients.docker_compose import COMPOSE
from stack.clients.restic_program import RESTIC
from stack.errors import StackError
from stack.imaging.building import Builder
from stack.load import load
from stack.sources import Place

if TYPE_CHECKING:
    from docker import DockerClient

__all__ = ["find", "own_image"]

CACHE = Path(__file__).parents[1] / "var" / "cache"


def find() -> None:
    """Find every program that the stack cannot do without, and fetch what is not on this machine.

    Those that `local` does not run are among them: tests of their rules do.

    Raises:
        BinaryMissing: no source has one of them.
    """
    environment = load("local").environment
    needed = [service for service in services().values() if not service.optional]
    wanted = [COMPOSE, RESTIC, *(service.program for service in needed if service.program)]
    found = resolve(wanted, environment, CACHE, tell=say, progress=lambda *_: None)
    say("the tests run " + ", ".join(f"{name} {binary.version}" for name, binary in found.items()))


def own_image(engine: DockerClient) -> str:
    """Make our own image of packages, and give its name; the layers that all images rest on are kept."""
    built = load("local", overrides=["images=built"]).environment
    return Builder(engine, Place(built.binaries, CACHE, say, lambda *_: None)).own(built).reference


def say(line: str) -> None:
    """Tell whoever reads the session."""
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    try:
        find()
    except StackError as error:
        sys.exit(f"{error}; {error.advice}")
