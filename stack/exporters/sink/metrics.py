"""The sink's metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from stack.exporters.sink.store import Store

__all__ = ["SinkCollector"]


class SinkCollector(Collector):
    """What arrived since the start, and how often it could not be written down."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def collect(self) -> Iterator[Metric]:
        """Count."""
        labels = ("receiver", "status", "protocol")
        taken = CounterMetricFamily("sink_notifications", "Notifications that arrived.", labels=labels)
        for values, count in self._store.counts().items():
            taken.add_metric(values, count)
        yield taken
        text = "Notifications that could not be written to the store."
        yield CounterMetricFamily("sink_store_failures", text, value=self._store.failures)
