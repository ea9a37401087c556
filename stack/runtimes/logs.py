"""Reads a service's log, also while it grows and when it is rotated."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from stack.clients.docker import answered
from stack.errors import NothingKept

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator
    from pathlib import Path

    from docker import DockerClient

    from stack.runtimes.containers import Seen

__all__ = ["lines_of", "log", "tail"]

PAUSE = 0.2


def tail(path: Path, *, follow: bool = False, lines: int = 200) -> Iterator[str]:
    """Yield a log's last lines, and with `follow` every line that comes.

    Raises:
        NothingKept: there is no such log.
    """
    if not path.exists():
        known = ", ".join(sorted(file.stem for file in path.parent.glob("*.log"))) or "none"
        raise NothingKept(message=f"there is no log of '{path.stem}'; there are: {known}")
    with path.open(errors="replace") as file:
        yield from (line.rstrip("\n") for line in deque(file, maxlen=lines))
        position = file.tell()
    while follow:
        time.sleep(PAUSE)
        position = yield from _newer(path, position)


def _newer(path: Path, position: int) -> Generator[str, None, int]:
    size = path.stat().st_size if path.exists() else 0
    with path.open(errors="replace") as file:
        file.seek(position if size >= position else 0)
        yield from (line.rstrip("\n") for line in file)
        return file.tell()


def log(
    engine: DockerClient, containers: Collection[Seen], service: str, *, follow: bool, lines: int
) -> Iterator[str]:
    """Yield the lines of a container's log.

    Raises:
        NothingKept: there is no such container.
    """
    found = {one.service: one for one in containers}
    if service not in found:
        known = ", ".join(found) or "none"
        raise NothingKept(message=f"there is no log of '{service}'; there are: {known}")
    with answered(f"read the log of {service}"):
        chunks = engine.api.logs(found[service].id, stream=True, follow=follow, tail=lines)
        yield from lines_of(chunks)


def lines_of(chunks: Iterator[bytes]) -> Iterator[str]:
    """Yield the lines of a log that comes in pieces."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (line.decode(errors="replace") for line in whole)
    if rest:
        yield rest.decode(errors="replace")
