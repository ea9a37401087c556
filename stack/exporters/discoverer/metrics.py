"""The discoverer's metrics, computed when they are scraped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from stack.exporters.discoverer.board import Board

__all__ = ["DiscoveryCollector"]

SHORT = 12
"""Digits of an id, as `docker ps` has them."""


class DiscoveryCollector(Collector):
    """How discovery goes; no `env` label, which is the scrape job's to add."""

    def __init__(self, board: Board) -> None:
        self._board = board

    def collect(self) -> Iterator[Metric]:
        """Tell what is on the board."""
        board = self._board
        yield from _gauges(
            ("engine_up", "Whether the container engine answers.", float(board.connected)),
            ("targets", "Targets that were found.", len(board.found.groups)),
            ("containers", "Containers that there are, stopped ones too.", len(board.containers)),
        )
        if board.synced is not None:
            yield from _gauges(("last_sync_timestamp_seconds", "When all were listed last.", board.synced))
        yield from _counters(
            ("connections", "How often the engine was reached.", board.connections),
            ("engine_failures", "How often the engine was lost or not reached.", board.failures),
            ("events", "Events of the engine that were heard.", board.events),
            ("write_failures", "How often the targets could not be written.", board.unwritten),
        )
        yield self._names()
        yield self._refusals()

    def _names(self) -> Metric:
        family = GaugeMetricFamily(
            "monitoring_discovery_container_info",
            "A container's name and image, by the beginning of its id.",
            labels=("id", "container", "image", "project"),
        )
        for one in self._board.containers:
            family.add_metric((one.id[:SHORT], one.name, one.image, one.project), 1)
        return family

    def _refusals(self) -> Metric:
        family = GaugeMetricFamily(
            "monitoring_discovery_refused",
            "A container that wants to be scraped and cannot be; `about` says where to look.",
            labels=("container", "about"),
        )
        for refusal in self._board.found.refusals:
            family.add_metric((refusal.container, refusal.about), 1)
        return family


def _gauges(*told: tuple[str, str, float]) -> Iterator[Metric]:
    for name, text, value in told:
        yield GaugeMetricFamily(f"monitoring_discovery_{name}", text, value=value)


def _counters(*told: tuple[str, str, float]) -> Iterator[Metric]:
    for name, text, value in told:
        yield CounterMetricFamily(f"monitoring_discovery_{name}", text, value=value)
