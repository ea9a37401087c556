"""A throw-away stack as `local` has it: its own intervals, free ports, programs that are at hand."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from stack.load import load
from tests.bench.judges import executables
from tests.lab import lab

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Lab

__all__ = ["usual_lab"]


@contextmanager
def usual_lab() -> Iterator[Lab]:
    """Give a lab at the pace of the shipped `local`, without Grafana, every program already fetched."""
    usual = load("local").environment
    with tempfile.TemporaryDirectory(prefix="monitoring-bench-") as folder, lab(Path(folder)) as made:
        made.environment(
            scrape_interval=usual.scrape_interval,
            scrape_timeout=usual.scrape_timeout,
            evaluation_interval=usual.evaluation_interval,
        )
        executables(made)
        yield made
