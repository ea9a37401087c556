"""A first deploy, beside the same programs started by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.bench.by_hand import copies, empty, healths, start_by_hand
from tests.bench.row import Row
from tests.bench.timing import timed
from tests.bench.usual import usual_lab

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

RUNS = 3


def measure() -> Iterator[Row]:
    """Deploy into an empty folder; then stop, empty it again and start the very same processes."""
    runs, floors = zip(*(_once() for _ in range(RUNS)), strict=True)
    beside = "the same processes by hand: all ready, all targets up, first beat delivered"
    yield Row("deploy, cold", runs, floors, beside, "< 30 s")


def _once() -> tuple[float, float]:
    with usual_lab() as lab:
        deployed = timed(lambda: lab.invoke("deploy").ok())
        processes, targets = copies(lab), len(healths(lab))
        lab.invoke("stop").ok()
        empty(lab.root / "data")
        return deployed, timed(lambda: start_by_hand(lab, processes, targets))
