"""The gate's metrics."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

__all__ = ["OUTCOMES", "Counts"]

OUTCOMES = ("allowed", "forbidden", "limited", "malformed", "stranger", "unknown")


class Counts(Collector):
    """How often each answer was given; every outcome is there from the start, so that the first counts."""

    def __init__(self) -> None:
        self._counts = Counter(dict.fromkeys(OUTCOMES, 0))
        self._lock = threading.Lock()

    def add(self, outcome: str) -> None:
        """Count an answer."""
        with self._lock:
            self._counts[outcome] += 1

    def collect(self) -> Iterator[Metric]:
        """Count."""
        family = CounterMetricFamily("monitoring_gate_requests", "Requests by answer.", labels=("outcome",))
        for outcome, count in sorted(self._counts.items()):
            family.add_metric((outcome,), count)
        yield family
