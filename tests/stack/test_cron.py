"""Five fields of cron name the moments that a slow look at every minute finds, also where clocks are set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from stack.cron import FIELDS, Moments

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE = timedelta(minutes=1)
SPRING = datetime(2026, 3, 28, 22, 0, tzinfo=UTC)
AUTUMN = datetime(2026, 10, 24, 22, 0, tzinfo=UTC)


def unix(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def told(moment: float | None, zone: ZoneInfo = BERLIN) -> str:
    assert moment is not None
    return datetime.fromtimestamp(moment, zone).isoformat(" ", "minutes")


def numbers(low: int, high: int) -> st.SearchStrategy[str]:
    number = st.integers(low, high)
    span = st.tuples(number, number).map(lambda two: f"{min(two)}-{max(two)}")
    step = st.integers(1, 30).map(str)
    stepped = st.tuples(st.just("*") | span | number.map(str), step).map("/".join)
    part = st.just("*") | number.map(str) | span | stepped
    return st.lists(part, min_size=1, max_size=3).map(",".join)


FIVE = st.tuples(*(numbers(low, high) for _, low, high in FIELDS)).map(" ".join)


def holds(field: str, number: int, low: int, high: int) -> bool:
    """Say whether a field names a number, part by part."""
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("", "", "") if span == "*" else span.partition("-")
        begin = int(first or low)
        end = int(last) if last else begin if first and not step else high
        if begin <= number <= end and (number - begin) % int(step or 1) == 0:
            return True
    return False


def fits(text: str, wall: datetime) -> bool:
    minute, hour, day, month, weekday = text.split(" ")
    of_month = holds(day, wall.day, 1, 31)
    of_week = any(holds(weekday, number, 0, 7) for number in (wall.isoweekday(), wall.isoweekday() % 7))
    both = day.startswith("*") or weekday.startswith("*")
    return (
        holds(minute, wall.minute, 0, 59)
        and holds(hour, wall.hour, 0, 23)
        and holds(month, wall.month, 1, 12)
        and (of_month and of_week if both else of_month or of_week)
    )


def scanned(text: str, moment: float, zone: ZoneInfo, days: int) -> float | None:
    """Look at every minute that a clock on the wall shows, from the day before on."""
    wall = datetime.fromtimestamp(moment, zone).replace(tzinfo=None, second=0, microsecond=0) - MINUTE * 1440
    walls = (wall + MINUTE * count for count in range((days + 2) * 1440))
    found = (one.replace(tzinfo=zone).timestamp() for one in walls if fits(text, one))
    return min((at for at in found if at > moment), default=None)


@given(FIVE, st.floats(0, 200 * 86400), st.sampled_from(["Europe/Berlin", "UTC", "Australia/Lord_Howe"]))
@example("30 2 * * *", 0.0, "Europe/Berlin")
def test_the_next_moment_is_the_one_that_a_look_at_every_minute_finds(
    text: str, later: float, name: str
) -> None:
    zone, moment = ZoneInfo(name), SPRING.timestamp() + later
    found, slow = Moments.read(text).after(moment, zone), scanned(text, moment, zone, days=1)

    if slow is None:
        assert found is None or found > moment + 86400
    else:
        assert found == slow


@given(FIVE, st.floats(0, 6 * 3600), st.sampled_from([SPRING, AUTUMN]))
@example("30 2 * * *", 0.0, SPRING)
@example("30 2 * * *", 3 * 3600.0, AUTUMN)
def test_so_it_is_in_the_nights_in_which_clocks_are_set(text: str, later: float, night: datetime) -> None:
    moment = night.timestamp() + later
    slow = scanned(text, moment, BERLIN, days=1)

    if slow is not None:
        assert Moments.read(text).after(moment, BERLIN) == slow


def test_what_falls_into_an_hour_that_is_left_out_comes_an_hour_later_and_the_next_day_as_usual() -> None:
    moments = Moments.read("30 2 * * *")
    first = moments.after(unix("2026-03-28 12:00"), BERLIN)

    assert told(first) == "2026-03-29 03:30+02:00"
    assert told(moments.after(first or 0, BERLIN)) == "2026-03-30 02:30+02:00"


def test_where_midnight_is_what_comes_of_an_hour_that_is_left_out_it_comes_on_the_next_day() -> None:
    nuuk = ZoneInfo("America/Nuuk")  # on 30 March 2024 it is 22:59, and then midnight
    found = Moments.read("30 23 * * *").after(unix("2024-03-31 00:10", nuuk), nuuk)

    assert told(found, nuuk) == "2024-03-31 00:30-01:00"


def test_what_falls_into_an_hour_that_comes_twice_comes_once() -> None:
    moments = Moments.read("30 2 * * *")
    first = moments.after(unix("2026-10-24 12:00"), BERLIN)

    assert told(first) == "2026-10-25 02:30+02:00"
    assert told(moments.after(first or 0, BERLIN)) == "2026-10-26 02:30+01:00"


@pytest.mark.parametrize(
    ("text", "after", "expected"),
    [
        ("17 2 * * *", "2026-05-01 02:17", "2026-05-02 02:17+02:00"),
        ("17 2 * * *", "2026-05-01 02:16", "2026-05-01 02:17+02:00"),
        ("43 4 * * 0", "2026-05-01 00:00", "2026-05-03 04:43+02:00"),
        ("43 4 * * 7", "2026-05-01 00:00", "2026-05-03 04:43+02:00"),
        ("0 0 13 * 5", "2026-05-02 00:00", "2026-05-08 00:00+02:00"),  # a Friday, or a 13th
        ("0 0 */13 * 5", "2026-05-02 00:00", "2026-08-14 00:00+02:00"),  # a Friday that is a 1st, 14th, 27th
        ("0 0 29 2 *", "2026-05-01 00:00", "2028-02-29 00:00+01:00"),
        ("*/15 9-17 * * 1-5", "2026-05-01 17:50", "2026-05-04 09:00+02:00"),
        ("5/20 1 * * *", "2026-05-01 01:06", "2026-05-01 01:25+02:00"),
    ],
)
def test_the_next_moment(text: str, after: str, expected: str) -> None:
    assert told(Moments.read(text).after(unix(after), BERLIN)) == expected


def test_a_day_that_no_month_has_never_comes() -> None:
    assert Moments.read("0 0 31 2 *").after(0.0, UTC) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("17 2 * *", "'17 2 * *' are no five fields of cron"),
        ("17  2 * * *", "'17  2 * * *' are no five fields of cron"),
        ("60 2 * * *", "'60' is no minute of cron, 0 to 59"),
        ("0 5-2 * * *", "'5-2' is no hour of cron, 0 to 23"),
        ("0 2 0 * *", "'0' is no day of cron, 1 to 31"),
        ("0 2 * jan *", "'jan' is no month of cron, 1 to 12"),
        ("0 2 * * 1,8", "'1,8' is no weekday of cron, 0 to 7"),
        ("*/0 2 * * *", "'*/0' is no minute of cron, 0 to 59"),
        ("٣ 2 * * *", "'٣' is no minute of cron, 0 to 59"),
    ],
)
def test_what_is_no_moment_is_told_with_the_field(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        Moments.read(text)

    assert str(caught.value) == said
