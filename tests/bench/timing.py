"""How long something takes, and how long something else takes in turn with it."""

from __future__ import annotations

import subprocess
import time
from typing import TYPE_CHECKING

from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["in_turn", "run", "timed"]


def timed(work: Callable[[], object]) -> float:
    """Do something and give the seconds it took."""
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def in_turn(count: int, *works: Callable[[], object]) -> list[tuple[float, ...]]:
    """Time several things one after the other, so many times; give the times of each.

    What slows the machine down for a while then slows all of them.
    """
    rounds = [[timed(work) for work in works] for _ in range(count)]
    return list(zip(*rounds, strict=True))


def run(*argv: str | Path) -> None:
    """Run a program to its end, from the repository.

    Raises:
        subprocess.CalledProcessError: it ended badly.
    """
    words: Sequence[str] = [str(word) for word in argv]
    subprocess.run(words, cwd=ROOT, check=True, capture_output=True)
