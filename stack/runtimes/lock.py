"""The lock of an environment in containers: a run has it alone, and the menders share what is left of it."""

from __future__ import annotations

import fcntl
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["alone", "shared"]

SOON = 0.05
"""Seconds until a run tries again to take from the menders what they have for a moment."""


def alone(file: IO[bytes]) -> bool:
    """Take it for a run, until the file is closed; False where another run has it.

    Menders are waited for: none of them starts a container behind the back of a run that stops them all.
    """
    while not _taken(file, fcntl.LOCK_EX):
        if not _taken(file, fcntl.LOCK_SH):
            return False
        fcntl.flock(file, fcntl.LOCK_UN)
        time.sleep(SOON)
    return True


@contextmanager
def shared(path: Path) -> Iterator[bool]:
    """Keep runs out while the block lasts, and say whether that could be had: no run has it.

    Raises:
        OSError: there is no such file, or it cannot be read; to write it is not needed.
    """
    with path.open("rb") as file:
        yield _taken(file, fcntl.LOCK_SH)


def _taken(file: IO[bytes], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
