"""The metric families of a service, and the series that Prometheus stores of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SYNTHETIC", "TYPES", "Contract", "Family", "Labels", "Series"]

TYPES = ("counter", "gauge", "histogram", "summary", "untyped", "unknown")
"""As a metrics page says them, `untyped` where it says nothing.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

SYNTHETIC = "_synthetic"
"""The name of the contract of what Prometheus makes by itself, for each target and each alert."""

Labels = dict[str, tuple[str, ...]]
"""The values of each label, none where they are no fixed set."""


@dataclass(frozen=True, slots=True)
class Series:
    """What is stored under one name.

    Args:
        name: the name that PromQL asks for, `http_seconds_bucket`.
        kind: `counter`, `gauge`, `bucket`, `histogram` or `untyped`: what may be done with its values.
        labels: its own labels, without those of the target.
        family: the family that it is of, `http_seconds`.
    """

    name: str
    kind: str
    labels: Mapping[str, tuple[str, ...]]
    family: str


@dataclass(frozen=True, slots=True)
class Family:
    """One metric family.

    Args:
        type: one of `TYPES`.
        labels: its labels, without a histogram's `le` and a summary's `quantile`.
        reason: why it is not on every page, for what is declared by hand.
    """

    type: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reason: str = ""

    def series(self, name: str) -> Iterator[Series]:
        """Yield what Prometheus stores of a family of this name.

        Source: https://prometheus.io/docs/concepts/metric_types/
        """
        if self.type not in {"histogram", "summary"}:
            kind = self.type if self.type in {"counter", "gauge"} else "untyped"
            yield Series(name, kind, self.labels, name)
            return
        yield Series(f"{name}_sum", "counter", self.labels, name)
        yield Series(f"{name}_count", "counter", self.labels, name)
        if self.type == "histogram":
            yield Series(f"{name}_bucket", "bucket", {**self.labels, "le": ()}, name)
            yield Series(name, "histogram", self.labels, name)  # the native form has the bare name
        else:
            yield Series(name, "gauge", {**self.labels, "quantile": ()}, name)


@dataclass(frozen=True, slots=True)
class Contract:
    """What one service, or one scrape job, is known to expose.

    Args:
        name: the service's or the job's.
        program: what it was captured from, `node_exporter 1.11.1`.
        series: how many series one target has.
        closed: the labels whose values are a fixed set.
        families: what is on every page.
        events: what comes into being only with an event, or on another machine.
        waivers: what may be asked for though nobody declares it, and why.
    """

    name: str
    program: str = ""
    series: int = 0
    closed: tuple[str, ...] = ()
    families: Mapping[str, Family] = field(default_factory=dict)
    events: Mapping[str, Family] = field(default_factory=dict)
    waivers: Mapping[str, str] = field(default_factory=dict)

    @property
    def declared(self) -> dict[str, Family]:
        """Every family, whether it is always there or not."""
        return {**self.families, **self.events}

    @property
    def labels(self) -> frozenset[str]:
        """Every label that one of its series has."""
        return frozenset(label for series in self.every() for label in series.labels)

    def every(self) -> Iterator[Series]:
        """Yield all that Prometheus may store of it."""
        for name, family in self.declared.items():
            yield from family.series(name)

    def eventual(self) -> Iterator[tuple[Series, str]]:
        """Yield what comes into being only with an event, and why."""
        for name, family in self.events.items():
            yield from ((series, family.reason) for series in family.series(name))

    def joined(self, other: Contract) -> Contract:
        """Add what a site declares under the same name; its word counts where both have one."""
        return Contract(
            self.name,
            other.program or self.program,
            other.series or self.series,
            (*self.closed, *other.closed),
            {**self.families, **other.families},
            {**self.events, **other.events},
            {**self.waivers, **other.waivers},
        )
