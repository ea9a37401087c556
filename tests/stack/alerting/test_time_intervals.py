"""Time intervals: moments that are known, and intervals laid around now against a real Alertmanager."""

from __future__ import annotations

from calendar import month_name
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from stack.alerting.routes import reached
from stack.alerting.time_intervals import contains, is_mute
from stack.rehearsal import rehearse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hypothesis.strategies import SearchStrategy

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Pacific/Honolulu"]
NIGHT = {
    "times": [{"start_time": "22:00", "end_time": "24:00"}, {"start_time": "00:00", "end_time": "06:00"}]
}
BERLIN = {"location": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("interval", "moment", "inside"),
    [
        ({}, "2026-11-28T03:00:00Z", True),
        (NIGHT, "2026-11-28T22:00:00Z", True),
        (NIGHT, "2026-11-28T23:59:59Z", True),
        (NIGHT, "2026-11-28T05:59:59Z", True),
        (NIGHT, "2026-11-28T06:00:00Z", False),
        (NIGHT | BERLIN, "2026-11-28T20:59:00Z", False),
        (NIGHT | BERLIN, "2026-11-28T21:00:00Z", True),
        (NIGHT | BERLIN, "2026-07-28T20:00:00Z", True),  # summer time
        ({"weekdays": ["Saturday", "sunday"]}, "2026-11-28T03:00:00+01:00", True),
        ({"weekdays": ["sunday:monday"]}, "2026-11-28T03:00:00Z", False),
        ({"weekdays": ["sunday:monday"]}, "2026-11-29T03:00:00Z", True),
        ({"weekdays": ["monday:friday"]} | BERLIN, "2026-11-29T23:30:00Z", True),
        ({"days_of_month": ["-1"]}, "2028-02-29T12:00:00Z", True),
        ({"days_of_month": ["-1"]}, "2028-02-28T12:00:00Z", False),
        ({"days_of_month": ["-3:-2"]}, "2026-11-28T12:00:00Z", True),
        ({"days_of_month": ["1:5", "29:-1"]}, "2026-11-29T12:00:00Z", True),
        ({"days_of_month": ["31"]}, "2026-11-30T12:00:00Z", False),
        ({"days_of_month": ["-31:-30"]}, "2026-11-01T12:00:00Z", True),
        ({"months": ["november:december"], "years": ["2025:2026"]}, "2026-11-30T12:00:00Z", True),
        ({"months": ["1:3", "12"]}, "2026-11-30T12:00:00Z", False),
        ({"years": [2027]}, "2026-12-31T23:30:00Z", False),
        ({"years": [2027]} | BERLIN, "2026-12-31T23:30:00Z", True),
        ({"weekdays": [], "times": None, "location": ""}, "2026-12-31T23:30:00Z", True),
    ],
)
def test_a_moment_lies_in_an_interval_or_not(interval: dict[str, Any], moment: str, inside: bool) -> None:
    assert contains([interval], datetime.fromisoformat(moment)) is inside
    assert contains([{"years": ["1999"]}, interval], datetime.fromisoformat(moment)) is inside


def test_the_local_zone_is_the_machine_s() -> None:
    now = datetime(2026, 11, 28, 12, tzinfo=UTC)
    local = {"times": [{"start_time": f"{now.astimezone():%H:%M}", "end_time": "24:00"}], "location": "Local"}

    assert contains([local], now)
    assert not contains([local], now - timedelta(minutes=1))


@pytest.mark.parametrize(
    "interval",
    [
        {"location": "Europe/Atlantis"},
        {"location": "../../etc/passwd"},
        {"times": [{"start_time": "9:00", "end_time": "24:01"}]},
        {"weekdays": ["someday"]},
        {"months": ["13th"]},
        {"days_of_month": ["last"]},
        {"years": ["2026:never"]},
    ],
)
def test_an_interval_that_cannot_be_read_is_refused(interval: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"'"):
        contains([{}, interval], datetime(2026, 11, 28, tzinfo=UTC))


def test_a_route_is_mute_in_its_own_mute_intervals_and_outside_its_active_ones() -> None:
    configuration = {
        "time_intervals": [
            {"name": "always", "time_intervals": [{}]},
            {"name": "never", "time_intervals": [PAST]},
        ],
        "mute_time_intervals": [{"name": "old", "time_intervals": [{}]}],  # as it was spelt before 0.24
        "route": {
            "receiver": "a",
            "routes": [
                {"matchers": [f'k="{number}"'], **route, "routes": [{"matchers": ['deeper="yes"']}]}
                for number, (route, _) in enumerate(MUTED)
            ],
        },
    }
    for number, (_, mute) in enumerate(MUTED):
        found = [
            is_mute(configuration, route, datetime(2026, 11, 28, tzinfo=UTC))
            for labels in ({"k": str(number)}, {"k": str(number), "deeper": "yes"})
            for route in reached(configuration, labels)
        ]
        assert found == [mute, False], "an interval is not inherited"


PAST = {"years": ["1999"]}
MUTED: list[tuple[dict[str, Any], bool]] = [
    ({}, False),
    ({"mute_time_intervals": ["never"]}, False),
    ({"mute_time_intervals": ["never", "always"]}, True),
    ({"mute_time_intervals": ["old"]}, True),
    ({"active_time_intervals": ["never"]}, True),
    ({"active_time_intervals": ["never", "always"]}, False),
    ({"active_time_intervals": ["always"], "mute_time_intervals": ["always"]}, True),
    ({"active_time_intervals": ["never"], "mute_time_intervals": ["never"]}, True),
]


def _clock(minute: int) -> str:
    minute = min(max(minute, 0), 24 * 60)
    return f"{minute // 60:02}:{minute % 60:02}"


def _times(now: datetime) -> SearchStrategy[Any]:
    at = now.hour * 60 + now.minute
    pairs = st.tuples(st.integers(-90, 90), st.integers(1, 90)).map(
        lambda pair: {"start_time": _clock(at + pair[0]), "end_time": _clock(at + pair[0] + pair[1])}
    )
    return st.lists(pairs.filter(lambda pair: pair["start_time"] < pair["end_time"]), min_size=1, max_size=2)


def _spans(value: int, first: int, last: int, written: Callable[[int], str] = str) -> SearchStrategy[Any]:
    near = st.integers(max(first, value - 2), min(last, value + 2))
    span = st.tuples(near, near).map(lambda pair: ":".join(map(written, sorted(set(pair)))))
    return st.lists(span, min_size=1, max_size=2)


def _days(now: datetime) -> SearchStrategy[Any]:
    length = ((now.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)).day
    from_the_end = now.day - length - 1
    back = _spans(from_the_end, -31, -1)
    # Alertmanager takes a mixed span only where its start lies before its end in the shortest month.
    mixed = st.integers(min(27, max(1, now.day - 1)), min(27, now.day + 1)).map(lambda day: [f"{day}:-1"])
    return _spans(now.day, 1, 31) | back | mixed


WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]


@st.composite
def around_now(draw: st.DrawFn) -> dict[str, Any]:
    """Lay an interval around the present moment of some zone: just inside it, or just outside."""
    zone = draw(st.sampled_from(ZONES))
    now = datetime.now(ZoneInfo(zone))
    written: list[Callable[[int], str]] = [str, lambda number: month_name[number]]
    fields = {
        "times": _times(now),
        "weekdays": _spans(now.isoweekday() % 7, 0, 6, WEEKDAYS.__getitem__),
        "days_of_month": _days(now),
        "months": _spans(now.month, 1, 12, draw(st.sampled_from(written))),
        "years": _spans(now.year, 2000, 2100),
    }
    return draw(st.fixed_dictionaries({"location": st.just(zone)}, optional=fields))


kinds = st.sampled_from([("mute_time_intervals",), ("active_time_intervals",)])
several = st.lists(st.tuples(kinds, st.lists(around_now(), min_size=1, max_size=2)), min_size=40, max_size=40)


@pytest.mark.integration
@settings(
    max_examples=12,
    deadline=None,
    # A server starts for each example: the first one that fails has to do.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, *HealthCheck],
)
@given(cases=several)
def test_who_is_mute_right_now_is_what_a_real_alertmanager_says(
    cases: list[tuple[tuple[str], list[dict[str, Any]]]], alertmanager: Path
) -> None:
    configuration = {
        "time_intervals": [
            {"name": str(number), "time_intervals": intervals} for number, (_, intervals) in enumerate(cases)
        ],
        "route": {
            "receiver": "a",
            "routes": [
                {"matchers": [f'k="{number}"'], kind: [str(number)]}
                for number, ((kind,), _) in enumerate(cases)
            ],
        },
        "receivers": [{"name": "a"}],
    }
    before = datetime.now(UTC)
    real = rehearse(alertmanager, configuration, [[{"k": str(number)}] for number in range(len(cases))])
    moments = (before, datetime.now(UTC))

    assert len(real) == len(cases)
    for told in real:
        [route] = reached(configuration, told.labels)
        assert told.muted in {is_mute(configuration, route, moment) for moment in moments}, cases[told.case]
