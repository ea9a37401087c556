"""The resource exporter's metrics, computed when they are scraped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prometheus_client.core import Metric

    from stack.exporters.resource_exporter.relay import Relay
    from stack.exporters.resource_exporter.watch import Watch
    from stack.exporters.resource_exporter.watchdog import DeadMan

__all__ = ["DeadManCollector", "ResourceCollector"]


class ResourceCollector(Collector):
    """The state of every resource; no `env` label, which is the scrape job's to add."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def collect(self) -> Iterator[Metric]:
        """Tell what is known of each resource that was checked at least once."""
        labels = ("resource", "kind")
        up = GaugeMetricFamily("resource_up", "Whether the last check found it up.", labels=labels)
        took = GaugeMetricFamily(
            "resource_check_duration_seconds", "How long the last check took.", labels=labels
        )
        success = GaugeMetricFamily(
            "resource_last_success_timestamp_seconds", "When a check last found it up.", labels=labels
        )
        every = GaugeMetricFamily(
            "resource_check_interval_seconds", "How often it is checked.", labels=labels
        )
        for watcher in self._watch.watchers.values():
            state, values = watcher.state(), (watcher.resource.name, watcher.resource.kind)
            if state.up is not None:
                up.add_metric(values, state.up)
                took.add_metric(values, state.duration)
                every.add_metric(values, watcher.resource.interval)
            if state.last_success is not None:
                success.add_metric(values, state.last_success)
        return iter((up, took, success, every))


class DeadManCollector(Collector):
    """When the dead-man switch was last pressed, and whether that was passed on."""

    def __init__(self, dead_man: DeadMan, relay: Relay) -> None:
        self._dead_man = dead_man
        self._relay = relay

    def collect(self) -> Iterator[Metric]:
        """Tell of the beats; the time of the last one is absent until there is one."""
        heard = self._dead_man.heard
        last = GaugeMetricFamily("watchdog_last_beat_timestamp_seconds", "When the last beat arrived.")
        if heard.last_beat is not None:
            last.add_metric((), heard.last_beat)
        yield last
        yield CounterMetricFamily("watchdog_beats", "Beats that arrived.", value=heard.beats)
        yield CounterMetricFamily(
            "watchdog_forward_failures", "Beats that could not be passed on.", value=self._relay.failures
        )
