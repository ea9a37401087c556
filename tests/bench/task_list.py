"""`invoke --list`, beside an Invoke that loads nothing and a Python that does nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from tests.bench.row import Row
from tests.bench.timing import in_turn, run
from tests.lab import INVOKE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

RUNS = 15


def measure() -> Iterator[Row]:
    """List the tasks."""
    listed, version, nothing = in_turn(
        RUNS,
        lambda: run(*INVOKE, "--list"),
        lambda: run(*INVOKE, "--version"),
        lambda: run(sys.executable, "-c", "pass"),
    )
    yield Row("invoke --list", listed, version, "invoke --version", "< 0.5 s")
    yield Row("invoke --version", version, nothing, "python -c pass")
