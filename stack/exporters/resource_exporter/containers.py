"""The metrics of containers that declared resources are made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from prometheus_client.core import Metric

    from stack.exporters.resource_exporter.watch import Watch

    Facts = Mapping[str, Any]

__all__ = ["ContainerCollector"]

LABELS = ("resource", "container")


def _fact(name: str) -> Callable[[Facts], float | None]:
    return lambda facts: facts.get(name)


def _healthy(facts: Facts) -> float | None:
    """Tell whether a health check passes; nothing where there is none, or none has ended yet."""
    health = facts.get("health")
    return float(health == "healthy") if health in {"healthy", "unhealthy"} else None


@dataclass(frozen=True, slots=True)
class Told:
    """One metric: its name, what it says, its value of a container's facts, and whether it only grows."""

    name: str
    text: str
    value: Callable[[Facts], float | None]
    grows: bool = False


EVERY = (
    Told("running", "Whether it runs; 0 also where it is gone.", _fact("running")),
    Told("healthy", "Whether its own health check passes.", _healthy),
    Told("exit_code", "How it ended.", _fact("exit_code")),
    Told("restarts", "How often the engine has started it again.", _fact("restarts"), grows=True),
    Told("oom_kills", "How often the kernel has ended it for its memory.", _fact("oom_kills"), grows=True),
    Told("cpu_seconds", "Time of processors that it has used.", _fact("cpu_seconds"), grows=True),
    Told("memory_bytes", "Memory in use, file caches left out.", _fact("memory_bytes")),
    Told("memory_limit_bytes", "The memory that it may use.", _fact("memory_limit_bytes")),
    Told("network_receive_bytes", "What it has received.", _fact("network_receive_bytes"), grows=True),
    Told("network_transmit_bytes", "What it has sent.", _fact("network_transmit_bytes"), grows=True),
)


class ContainerCollector(Collector):
    """What is known of every container of a resource; a fact that is not known is left out."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch

    def collect(self) -> Iterator[Metric]:
        """Tell each fact of each container."""
        watchers = self._watch.watchers.values()
        known = [(one.resource.name, facts) for one in watchers for facts in one.state().containers]
        for told in EVERY:
            kind = CounterMetricFamily if told.grows else GaugeMetricFamily
            family = kind(f"resource_container_{told.name}", told.text, labels=LABELS)
            for resource, facts in known:
                if (value := told.value(facts)) is not None:
                    family.add_metric((resource, facts["name"]), float(value))
            yield family
