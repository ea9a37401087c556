"""Moments as cron has them: five fields in numbers, and the next moment that they name.

Source: https://man7.org/linux/man-pages/man5/crontab.5.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

__all__ = ["Moments", "zone"]

FIELDS = (("minute", 0, 59), ("hour", 0, 23), ("day", 1, 31), ("month", 1, 12), ("weekday", 0, 7))

PART = re.compile(r"(?:\*|(?P<first>\d{1,2})(?:-(?P<last>\d{1,2}))?)(?:/(?P<step>[1-9]\d?))?", re.ASCII)

LONGEST = 41 * 366
"""Days within which every moment comes that comes at all: a 29 February that is a Sunday, at the latest."""

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Moments:
    """What five fields name.

    Args:
        minutes: of the hour.
        hours: of the day.
        days: of the month.
        months: of the year.
        weekdays: 0 is Sunday.
        either: whether a day of the month or a weekday will do, since both were given.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    @classmethod
    def read(cls, text: str) -> Moments:
        """Read the five fields.

        Raises:
            ValueError: with the field that is odd.
        """
        fields = text.split(" ")
        if len(fields) != len(FIELDS):
            message = f"{text!r} are no five fields of cron"
            raise ValueError(message)
        minutes, hours, days, months, weekdays = map(_numbers, fields, FIELDS)
        sundays = frozenset(number % 7 for number in weekdays)
        either = not any(field.startswith("*") for field in (fields[2], fields[4]))
        return cls(minutes, hours, days, months, sundays, either)

    def after(self, moment: float, zone: tzinfo) -> float | None:
        """Give the first of them behind a moment, both in unix seconds; None where none ever comes.

        Of an hour that comes twice, as clocks are set back, the first one counts; what falls into an hour
        that is left out comes as much later as clocks are set forward.
        """
        # What an hour before midnight has put off, which was left out, is still to come on the next day.
        first = datetime.fromtimestamp(moment, zone).date() - DAY
        days = (first + DAY * count for count in range(LONGEST))
        found = (min((at for at in self._of(day, zone) if at > moment), default=None) for day in days)
        return next((at for at in found if at is not None), None)

    def _of(self, day: date, zone: tzinfo) -> Iterator[float]:
        if self._names(day):
            for hour in self.hours:
                for minute in self.minutes:
                    yield datetime.combine(day, time(hour, minute), zone).timestamp()

    def _names(self, day: date) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        fits = of_month or of_week if self.either else of_month and of_week
        return fits and day.month in self.months


def zone(name: str) -> ZoneInfo:
    """Give a time zone by its name.

    Raises:
        ValueError: there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"there is no time zone {name!r}; write it like Europe/Berlin"
        raise ValueError(message) from error


def _numbers(field: str, kind: tuple[str, int, int]) -> frozenset[int]:
    name, low, high = kind
    found = [_range(part, low, high) for part in field.split(",")]
    if not all(found):
        message = f"{field!r} is no {name} of cron, {low} to {high}"
        raise ValueError(message)
    return frozenset().union(*found)


def _range(part: str, low: int, high: int) -> range:
    """Give the numbers of `*`, `5`, `1-5`, `*/15` or `1-5/2`; none where it is none of these."""
    found = PART.fullmatch(part)
    if found is None:
        return range(0)
    first = int(found["first"] or low)
    alone = found["first"] and not found["step"]  # `5/15` begins at 5 and goes on to the end
    last = int(found["last"] or (first if alone else high))
    return range(first, last + 1, int(found["step"] or 1)) if low <= first and last <= high else range(0)
