"""Alertmanager's time intervals: whether a moment lies in one, and whether a route is mute at it."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stack.documents import mappings, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from stack.alerting.routes import Route

__all__ = ["contains", "is_mute"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
FROM_SUNDAY = {day: (at + 1) % 7 for at, day in enumerate(WEEKDAYS)}
"""Ranges of weekdays begin with Sunday, as Go counts them."""
MONTHS = {name.lower(): number for number, name in enumerate(month_name) if name}
CLOCK = re.compile(r"(?:([01]\d|2[0-3]):([0-5]\d)|24:00)", re.ASCII)


def is_mute(configuration: Mapping[str, Any], route: Route, moment: datetime) -> bool:
    """Say whether a route tells nobody at a moment: in a mute interval of its, or outside its active ones.

    Intervals are not inherited by the routes below.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route

    Raises:
        ValueError: an interval cannot be read; amtool says so, too.
    """
    mute, active = (_named(configuration, route, key) for key in ("mute", "active"))
    if any(contains(intervals, moment) for intervals in mute):
        return True
    return bool(active) and not any(contains(intervals, moment) for intervals in active)


def _named(configuration: Mapping[str, Any], route: Route, key: str) -> list[Sequence[Mapping[str, Any]]]:
    known = {
        body.get("name"): [part for _, part in mappings(body.get("time_intervals"))]
        for section in ("time_intervals", "mute_time_intervals")
        for _, body in mappings(configuration.get(section))
    }
    return [known.get(name, []) for _, name in strings(route.body.get(f"{key}_time_intervals"))]


def contains(intervals: Sequence[Mapping[str, Any]], moment: datetime) -> bool:
    """Say whether a moment, which has a zone, lies in one of these intervals.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#time_interval

    Raises:
        ValueError: an interval cannot be read.
    """
    found = [_lies_in(interval, moment) for interval in intervals]  # all of them, so that each is read
    return any(found)


def _lies_in(interval: Mapping[str, Any], moment: datetime) -> bool:
    there = _at(interval.get("location"), moment)
    return all(
        [
            _at_the_time(interval.get("times"), there.hour * 60 + there.minute),
            _in_a_range(interval.get("weekdays"), FROM_SUNDAY[WEEKDAYS[there.weekday()]], _weekday),
            _on_a_day(interval.get("days_of_month"), there),
            _in_a_range(interval.get("months"), there.month, _month),
            _in_a_range(interval.get("years"), there.year, int),
        ]
    )


def _at(location: object, moment: datetime) -> datetime:
    if location is None or not str(location):
        return moment.astimezone(UTC)
    if location == "Local":
        return moment.astimezone()
    try:
        return moment.astimezone(ZoneInfo(str(location)))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"there is no time zone '{location}'"
        raise ValueError(message) from error


def _at_the_time(ranges: object, minute: int) -> bool:
    found = [(_minute(part.get("start_time")), _minute(part.get("end_time"))) for _, part in mappings(ranges)]
    return not found or any(start <= minute < end for start, end in found)


def _minute(clock: object) -> int:
    match = CLOCK.fullmatch(str(clock))
    if match is None:
        message = f"'{clock}' is no time of day; write it like 09:00"
        raise ValueError(message)
    return int(match[1]) * 60 + int(match[2]) if match[1] else 24 * 60


def _in_a_range(ranges: object, value: int, read: Callable[[str], int]) -> bool:
    found = _ranges(ranges, read)
    return not found or any(first <= value <= last for first, last in found)


def _on_a_day(ranges: object, there: datetime) -> bool:
    length = monthrange(there.year, there.month)[1]
    found = _ranges(ranges, int)
    return not found or any(
        _from_the_end(a, length) <= there.day <= _from_the_end(b, length) for a, b in found
    )


def _from_the_end(day: int, length: int) -> int:
    """Count -1 as the last day of a month."""
    return day if day > 0 else length + day + 1


def _ranges(ranges: object, read: Callable[[str], int]) -> list[tuple[int, int]]:
    texts = [str(text) for text in ranges] if isinstance(ranges, list) else []
    return [_range(text, read) for text in texts]


def _range(text: str, read: Callable[[str], int]) -> tuple[int, int]:
    first, _, last = text.partition(":")
    return read(first.strip()), read((last or first).strip())


def _weekday(text: str) -> int:
    return _looked_up(text, FROM_SUNDAY)


def _month(text: str) -> int:
    return int(text) if text.isdigit() else _looked_up(text, MONTHS)


def _looked_up(text: str, names: Mapping[str, int]) -> int:
    if text.lower() not in names:
        message = f"'{text}' is none of {', '.join(names)}"
        raise ValueError(message)
    return names[text.lower()]
