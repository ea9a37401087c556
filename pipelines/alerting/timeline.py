"""A drill as a table: what happened when, and what the intervals alone would make of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.duration import spoken
from stack.exporters.command_center.fleet import PERIOD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.alerting.track import Drill, Track

__all__ = ["Step", "longest", "quickest", "steps"]

HAND_OVER = 1.0
"""Seconds that programs may take to hand an alert on; 0.05 to 0.1 were measured."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a drill.

    Args:
        name: what happened.
        at: seconds since the fault was switched on; None where it was not seen.
        took: seconds since the step before it.
        least: seconds that the intervals make of it at least.
        most: seconds that they make of it at most.
    """

    name: str
    at: float | None
    took: float | None
    least: float
    most: float

    def row(self) -> tuple[str, str, str, str]:
        """Give it as the row of a table."""
        at = "never" if self.at is None else f"+{self.at:.2f}s"
        took = "-" if self.took is None else f"{self.took:.2f}s"
        low = f"{spoken(self.least)} to " if self.least else "up to "
        return self.name, at, took, f"{low}{spoken(self.most)}"


def steps(track: Track) -> tuple[Step, ...]:
    """Give every step of a drill, in its order."""
    return tuple(_timed(track, _seen(_rising(track)))) + tuple(_timed(track, _seen(_falling(track))))


def longest(drill: Drill, period: float = PERIOD) -> tuple[float, float]:
    """Give how long a fault, and its end, may take to be told, in seconds, by the intervals alone."""
    times = drill.rhythm
    shown = times.scrape + (period if drill.fault.counted else 0.0)
    up = shown + times.evaluation * 2 + drill.look + times.wait + times.group_wait + HAND_OVER
    down = shown + times.evaluation + drill.look + times.keep + times.group_interval + HAND_OVER
    return up, down


def quickest(drill: Drill) -> float:
    """Give how long a fault takes at least to be told, in seconds."""
    return drill.rhythm.wait + drill.rhythm.group_wait


Line = tuple[str, float | None, float, float]


def _rising(track: Track) -> Iterator[Line]:
    drill, times = track.drill, track.drill.rhythm
    period = PERIOD if drill.fault.counted else 0.0
    yield "fault on", track.on, 0.0, 0.0
    yield "metric flips", track.seen.get("flipped"), 0.0, times.scrape + period
    yield "pending", track.seen.get("pending"), 0.0, times.evaluation + drill.look
    yield "firing", track.seen.get("firing"), times.wait, times.wait + times.evaluation
    yield "in Alertmanager", track.seen.get("grouped"), 0.0, HAND_OVER
    if drill.source:
        yield f"kept quiet by {drill.source}", track.seen.get("inhibited"), 0.0, HAND_OVER
    for receiver in drill.receivers:
        yield f"{receiver} told", track.told.get(receiver), 0.0, times.group_wait + HAND_OVER


def _falling(track: Track) -> Iterator[Line]:
    drill, times = track.drill, track.drill.rhythm
    late = times.scrape + times.evaluation + drill.look + times.keep
    yield "fault off", track.off, 0.0, 0.0
    yield "resolved", track.seen.get("resolved"), times.keep, late
    for receiver in drill.resolving:
        yield f"{receiver} told the end", track.over.get(receiver), 0.0, times.group_interval + HAND_OVER


def _seen(lines: Iterator[Line]) -> Iterator[Line]:
    """Let no step come after the next: each is seen by asking, and whoever is told has fired before."""
    moments: list[float] = []
    backwards = []
    for name, at, least, most in reversed(list(lines)):
        moments += [] if at is None else [at]
        is_own = at is None or " told" in name  # receivers are told beside each other
        backwards.append((name, at if is_own else min(moments), least, most))
    yield from reversed(backwards)


def _timed(track: Track, lines: Iterator[Line]) -> Iterator[Step]:
    last: float | None = None
    told_after: float | None = None
    for name, at, least, most in lines:
        is_told = " told" in name
        since = told_after if is_told else last
        took = None if at is None or since is None else max(0.0, at - since)
        yield Step(name, None if at is None else at - track.on, took, least, most)
        if not is_told:
            last = told_after = at if at is not None else last
