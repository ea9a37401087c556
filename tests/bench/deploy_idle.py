"""A deploy with nothing to do, beside what any Invoke task costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.row import Row
from tests.bench.timing import in_turn, run
from tests.bench.usual import usual_lab
from tests.lab import INVOKE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

RUNS = 9


def measure() -> Iterator[Row]:
    """Deploy once, then again and again."""
    with usual_lab() as lab:
        lab.invoke("deploy").ok()
        runs, floors = in_turn(RUNS, lambda: lab.invoke("deploy").ok(), lambda: run(*INVOKE, "--version"))
    yield Row("deploy, nothing to do", runs, floors, "invoke --version", "< 1 s")
