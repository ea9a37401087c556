"""The simulated command center's metrics: names and labels of the real one, values of the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, SummaryMetricFamily
from prometheus_client.registry import Collector

from stack.exporters.command_center.fleet import KEYS, TOTALS, VERTICALS, scrape_seconds, total, writes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.core import Metric

    from stack.exporters.command_center.faults import Faults

__all__ = ["CommandCenterCollector"]

SLOW = 7.5
"""Seconds that each scrape takes under the fault `slow`: well above the 5 s at which the alert fires."""


class CommandCenterCollector(Collector):
    """All series of one environment; `elapsed` gives the seconds since the start."""

    def __init__(self, env: str, elapsed: Callable[[], float], faults: Faults) -> None:
        self._env = env
        self._elapsed = elapsed
        self._faults = faults

    def collect(self) -> Iterator[Metric]:
        """Compute every family at this moment."""
        yield from self._states()
        yield from self._scrapes()
        yield from self._totals()
        yield self._attribution()

    def _audible(self) -> list[str]:
        return [name for name in VERTICALS if not self._faults.active("silent", name)]

    def _states(self) -> Iterator[Metric]:
        labels = ("service", "env")
        up = GaugeMetricFamily("aether_service_up", "Whether the service can be reached.", labels=labels)
        stale = GaugeMetricFamily("aether_service_stale", "Whether its data is out of date.", labels=labels)
        for name in self._audible():
            up.add_metric((name, self._env), not self._faults.active("outage", name))
            stale.add_metric((name, self._env), self._faults.active("stale", name))
        yield from (up, stale)

    def _scrapes(self) -> Iterator[Metric]:
        labels = ("service", "env")
        errors = CounterMetricFamily(
            "aether_verticals_scrape_errors", "Failed scrapes of the service.", labels=labels
        )
        durations = SummaryMetricFamily(
            "aether_verticals_scrape_duration_seconds", "How long scrapes of the service took.", labels=labels
        )
        for name in self._audible():
            errors.add_metric((name, self._env), self._faults.met("errors", name))
            slow, made = self._faults.met("slow", name), self._faults.scrapes()
            spent = slow * SLOW + scrape_seconds(name, made - slow)
            durations.add_metric((name, self._env), made, spent)
        yield from (errors, durations)

    def _totals(self) -> Iterator[Metric]:
        dropped = self._faults.active("drop")
        for noun in TOTALS:
            name, text = f"aether_platform_total_{noun}", f"How many {noun} all verticals hold together."
            family = GaugeMetricFamily(name, text, labels=("env",))
            family.add_metric((self._env,), 0 if dropped else total(noun, self._elapsed()))
            yield family

    def _attribution(self) -> Metric:
        family = CounterMetricFamily(
            "aether_attribution_writes", "Writes by the API key that made them.", labels=("key", "env")
        )
        for key in KEYS:
            family.add_metric((key, self._env), writes(key, self._elapsed()))
        return family
