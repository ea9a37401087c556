"""The stretch of time that a dashboard or a panel shows, as its model names it.

Source: https://grafana.com/docs/grafana/latest/dashboards/use-dashboards/#set-dashboard-time-range
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from stack.documents import dig
from stack.moment import unix

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Span", "length_of", "panel_span", "span_of"]

UNITS = {
    "s": 1,
    "m": 60,
    "h": 3600,
    "d": 86_400,
    "w": 604_800,
    "M": 2_592_000,
    "Q": 7_776_000,
    "y": 31_536_000,
}
"""Seconds; a month counts for thirty days here."""

RELATIVE = re.compile(r"now((?:[+-]\d+[smhdwMQy])*)(?:/([smhdwMy]))?")
MOVES = re.compile(r"([+-]\d+)([smhdwMQy])")
LENGTH = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdwMQy])")
USUAL = 6 * 3600
"""What a dashboard shows that does not say it, as Grafana has it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, in Unix seconds."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Its length in seconds."""
        return self.end - self.start


def span_of(model: Mapping[str, Any], now: float) -> Span:
    """Give the stretch that a dashboard shows at first."""
    end = _moment(dig(model, "time", "to"), now, up=True)
    start = _moment(dig(model, "time", "from"), now)
    if start is None or end is None or start >= end:
        return Span(now - USUAL, now)
    return Span(start, end)


def panel_span(panel: Mapping[str, Any], span: Span, now: float) -> Span:
    """Give the stretch that a panel shows: the dashboard's, unless it has one of its own or is shifted."""
    start = panel.get("timeFrom")
    if isinstance(start, str) and start:
        moment = _moment(start if start.startswith("now") else f"now-{start}", now)
        span = Span(moment, now) if moment is not None and moment < now else span
    back = length_of(panel.get("timeShift")) or 0.0
    return Span(span.start - back, span.end - back)


def length_of(text: object) -> float | None:
    """Read a length as Grafana's fields have it, `30s`, `>10s`, `1.5h`, in seconds; None where it is none."""
    found = LENGTH.fullmatch(text.lstrip(">").strip()) if isinstance(text, str) else None
    if found is None:
        return None
    return float(found[1]) * (0.001 if found[2] == "ms" else UNITS[found[2]])


def _moment(text: object, now: float, *, up: bool = False) -> float | None:
    relative = RELATIVE.fullmatch(text.replace(" ", "")) if isinstance(text, str) else None
    if relative is None:
        return _absolute(text)
    at = now + sum(int(count) * UNITS[unit] for count, unit in MOVES.findall(relative[1]))
    if relative[2] is None:
        return at
    return _floor(at, relative[2]) + (UNITS[relative[2]] if up else 0)


def _absolute(text: object) -> float | None:
    try:
        return float(str(text)) / 1000 if str(text).isdecimal() else unix(str(text))
    except ValueError:
        return None


def _floor(at: float, unit: str) -> float:
    if unit in "smh":
        return at - at % UNITS[unit]
    day = datetime.fromtimestamp(at, UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if unit == "w":
        day -= timedelta(days=day.weekday())
    elif unit in "My":
        day = day.replace(day=1, month=1 if unit == "y" else day.month)
    return day.timestamp()
