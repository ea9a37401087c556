"""When an alert fires, from the moments at which its condition holds, as Prometheus itself decides it."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["Episode", "episodes"]

NEARLY = 1e-3
"""Seconds by which times may differ that mean the same: they have come through text."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing.

    Args:
        pending: when its condition began to hold, in Unix seconds.
        fired: when it began to fire.
        resolved: when it no longer did; None where it still fired at the end.
    """

    pending: float
    fired: float
    resolved: float | None

    def lasted(self, end: float) -> float:
        """Give how long it fired, in seconds, if the history ends there."""
        return (end if self.resolved is None else self.resolved) - self.fired


def episodes(
    held: Iterable[float], *, step: float, wait: float = 0.0, keep: float = 0.0, end: float
) -> Iterator[Episode]:
    """Yield each firing of one alert.

    Args:
        held: the evaluations at which its condition held, in Unix seconds, ascending, on a grid of `step`.
        step: seconds between two evaluations.
        wait: its `for`, in seconds.
        keep: its `keep_firing_for`, in seconds.
        end: the last evaluation.

    Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
    """
    current: Episode | None = None
    for first, last in _runs(held, step):
        over = last + step + _whole(keep, step)
        if current is not None and current.resolved is not None and current.resolved > first - NEARLY:
            current = replace(current, resolved=over)  # it was kept firing until the condition held again
            continue
        if current is not None:
            yield current
        fired = first + _whole(wait, step)
        current = Episode(first, fired, over) if fired < last + NEARLY else None
    if current is not None and current.resolved is not None:
        yield replace(current, resolved=current.resolved if current.resolved < end + NEARLY else None)


def _runs(held: Iterable[float], step: float) -> Iterator[tuple[float, float]]:
    """Yield the first and the last of each run of evaluations without a gap."""
    first = last = None
    for now in held:
        if first is None or last is None:
            first = now
        elif now - last > step + NEARLY:
            yield first, last
            first = now
        last = now
    if first is not None and last is not None:
        yield first, last


def _whole(length: float, step: float) -> float:
    """Give the first whole number of steps that are as long as that."""
    return math.ceil((length - NEARLY) / step) * step if length > NEARLY else 0.0
