"""What an alert would have done: its condition evaluated over a live Prometheus' history."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.alerting.episodes import episodes
from stack.errors import HttpFailed, Refused
from stack.promql.inline import inlined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pipelines.alerting.definitions import Definition
    from stack.alerting.episodes import Episode
    from stack.clients.prometheus import Prometheus
    from stack.promql.inline import Recorded

__all__ = ["Past", "Stretch", "backtest", "chunks", "stretch_for", "to_inline"]

POINTS = 10_000
"""Points of one query; Prometheus refuses more than 11,000."""

MOST = 100_000
"""Points of one alert: a longer stretch is looked at in larger steps."""

FEWEST = 100
"""Points below which a query that is too costly is not made smaller."""

COSTLY = {400, 422, 503}
"""How Prometheus answers a query that has too many samples, or takes too long."""

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of history: Unix seconds of its first and last evaluation, and seconds between two."""

    start: float
    end: float
    step: float

    @property
    def points(self) -> int:
        """How many evaluations there are."""
        return math.floor((self.end - self.start) / self.step + 1e-6) + 1


@dataclass(frozen=True, slots=True)
class Past:
    """What an alert would have done.

    Args:
        definition: the alert.
        stretch: when it was looked at.
        fired: each firing, by the labels of what fired.
        inlined: the recorded series that were replaced by their expressions.
    """

    definition: Definition
    stretch: Stretch
    fired: Mapping[Labels, tuple[Episode, ...]]
    inlined: tuple[str, ...] = ()

    @property
    def every(self) -> list[Episode]:
        """Every firing, in the order of time."""
        return sorted((one for found in self.fired.values() for one in found), key=lambda one: one.fired)

    @property
    def total(self) -> float:
        """Seconds for which it fired, those of several label sets added."""
        return sum(one.lasted(self.stretch.end) for one in self.every)

    @property
    def longest(self) -> float:
        """Seconds of its longest firing."""
        return max((one.lasted(self.stretch.end) for one in self.every), default=0.0)


def stretch_for(interval: float, since: float, now: float, step: float = 0.0) -> Stretch:
    """Choose the evaluations: at the rule's own interval, a multiple of it where they would be too many."""
    if not step:
        step = interval * max(1, math.ceil((now - since) / interval / MOST))
    first = math.ceil(since / step) * step
    return Stretch(first, first + max(0, math.floor((now - first) / step)) * step, step)


def chunks(stretch: Stretch, points: int = POINTS) -> Iterator[Stretch]:
    """Cut a stretch into parts of at most so many evaluations."""
    for first in range(0, stretch.points, points):
        last = min(first + points, stretch.points) - 1
        yield Stretch(stretch.start + first * stretch.step, stretch.start + last * stretch.step, stretch.step)


def to_inline(prometheus: Prometheus, known: Mapping[str, Recorded], stretch: Stretch) -> dict[str, Recorded]:
    """Give the recorded series that history lacks, where it has what they are made of."""
    moments = [stretch.start, (stretch.start + stretch.end) / 2, stretch.end]
    found = {}
    for name, rule in known.items():
        raw = inlined(rule.expression, {key: value for key, value in known.items() if key != name})
        for at in moments:
            if not prometheus.query(f"count({name})", at=at) and prometheus.query(f"count({raw})", at=at):
                found[name] = rule
                break
    return found


def backtest(
    prometheus: Prometheus,
    definition: Definition,
    stretch: Stretch,
    replaced: Mapping[str, Recorded],
    tell: Callable[[int, int], None],
) -> Past:
    """Evaluate an alert over a stretch of history.

    Args:
        prometheus: the live one.
        definition: the alert.
        stretch: when.
        replaced: the recorded series to replace by their expressions.
        tell: takes how many points are done, and how many there are.

    Raises:
        HttpFailed: Prometheus refuses the expression, or cannot afford even a small part of the stretch.
        Refused: a recorded series that must be replaced cannot be.
    """
    try:
        expression = inlined(definition.expression, replaced)
    except ValueError as error:
        raise Refused(message=f"{definition.name}: {error}") from error
    held: dict[Labels, list[float]] = {}
    for done, part in enumerate(chunks(stretch)):
        tell(done * POINTS, stretch.points)
        for labels, moments in _evaluated(prometheus, expression, part):
            held.setdefault(labels, []).extend(moments)
    fired = {
        labels: tuple(_episodes(definition, moments, stretch)) for labels, moments in sorted(held.items())
    }
    used = tuple(name for name in replaced if name in definition.rests_on)
    return Past(definition, stretch, {labels: found for labels, found in fired.items() if found}, used)


def _evaluated(
    prometheus: Prometheus, expression: str, part: Stretch
) -> Iterator[tuple[Labels, list[float]]]:
    """Ask for one part, and for its halves where it is too costly."""
    try:
        answer = prometheus.query_range(expression, part.start, part.end, part.step)
    except HttpFailed as error:
        if error.status not in COSTLY or part.points < 2 * FEWEST:
            raise
        for half in chunks(part, math.ceil(part.points / 2)):
            yield from _evaluated(prometheus, expression, half)
        return
    for series in answer:
        yield _labels(series["metric"]), [float(at) for at, _ in series["values"]]


def _labels(metric: Mapping[str, Any]) -> Labels:
    return tuple(sorted((str(key), str(value)) for key, value in metric.items() if key != "__name__"))


def _episodes(definition: Definition, moments: list[float], stretch: Stretch) -> Iterator[Episode]:
    return episodes(
        sorted(moments), step=stretch.step, wait=definition.wait, keep=definition.keep, end=stretch.end
    )
