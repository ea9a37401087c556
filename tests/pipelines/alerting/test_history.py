"""What an alert would have done: which moments are asked for, and what is made of the answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.alerting.definitions import Definition, changed, definitions, recordings
from pipelines.alerting.history import MOST, POINTS, Stretch, backtest, chunks, stretch_for, to_inline
from stack.errors import HttpFailed, Refused
from stack.promql.inline import Recorded
from tests.pipelines.alerting.shipped import inspection, rewritten

if TYPE_CHECKING:
    from stack.clients.prometheus import Prometheus

RULES = "prometheus/rules/command-center.yml"
SLOW = "AetherlinkVerticalScrapeSlow"
MEAN = "env_service:aether_verticals_scrape_duration_seconds:mean5m"
HIGH = Definition("High", "x", "a:b > 1", 30.0, 0.0, {}, 15.0, {"a:b": Recorded("sum(b)", interval="15s")})


class Asked:
    """Answers as a Prometheus that holds one series, and notes what it is asked.

    Args:
        true: the moments at which any expression holds.
        most: points beyond which a query is too costly.
        series: names that it has samples of.
    """

    def __init__(self, true: range = range(0), most: int = 11_000, series: tuple[str, ...] = ()) -> None:
        self.true, self.most, self.series = true, most, series
        self.stretches: list[Stretch] = []
        self.expressions: set[str] = set()

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        part = Stretch(start, end, step)
        if part.points > self.most:
            raise HttpFailed(method="GET", url="u", message="too many samples", status=422)
        self.stretches.append(part)
        self.expressions.add(expression)
        moments = [start + step * at for at in range(part.points)]
        values = [[at, "2"] for at in moments if at in self.true]
        return [{"metric": {"__name__": "a:b", "job": "j"}, "values": values}] if values else []

    def query(self, expression: str, at: float | None = None) -> list[Any]:
        return [1] if any(name in expression for name in self.series) else []


def asked(double: Asked) -> Prometheus:
    return double  # type: ignore[return-value] # it answers what is asked of it here


def test_an_alert_fires_where_its_condition_held_long_enough() -> None:
    double = Asked(true=range(150, 300, 15))
    past = backtest(asked(double), HIGH, Stretch(0.0, 600.0, 15.0), {}, lambda *_: None)

    assert {labels: [(one.fired, one.resolved) for one in found] for labels, found in past.fired.items()} == {
        (("job", "j"),): [(180.0, 300.0)]
    }
    assert (past.total, past.longest, len(past.every)) == (120.0, 120.0, 1)
    assert double.expressions == {"a:b > 1"}


def test_a_long_past_is_asked_for_in_parts_without_a_gap_and_an_alert_may_fire_across_two() -> None:
    end = 2.5 * POINTS * 15.0
    double = Asked(true=range(15 * (POINTS - 5), 15 * (POINTS + 5), 15))
    told: list[int] = []
    past = backtest(asked(double), HIGH, Stretch(0.0, end, 15.0), {}, lambda done, _: told.append(done))

    assert [part.points for part in double.stretches] == [POINTS, POINTS, POINTS // 2 + 1]
    assert [
        later.start - part.end for part, later in zip(double.stretches, double.stretches[1:], strict=False)
    ] == [15, 15]
    assert told == [0, POINTS, 2 * POINTS]
    assert len(past.every) == 1


def test_a_part_that_is_too_costly_is_halved_until_it_is_not_worth_it() -> None:
    double = Asked(most=2_600)
    backtest(asked(double), HIGH, Stretch(0.0, 15.0 * (POINTS - 1), 15.0), {}, lambda *_: None)

    assert [part.points for part in double.stretches] == [2500] * 4
    with pytest.raises(HttpFailed, match="too many samples"):
        backtest(asked(Asked(most=1)), HIGH, Stretch(0.0, 15_000.0, 15.0), {}, lambda *_: None)


def test_steps_are_the_rules_own_until_they_are_too_many() -> None:
    assert stretch_for(15.0, 1000.0, 2000.0) == Stretch(1005.0, 1995.0, 15.0)
    long = stretch_for(5.0, 0.0, 14 * 86_400.0)
    assert long.step == 15.0
    assert long.points <= MOST
    assert stretch_for(15.0, 0.0, 100.0, 60.0) == Stretch(0.0, 60.0, 60.0)
    assert stretch_for(15.0, 100.0, 101.0).points == 1
    assert (
        sum(part.points for part in chunks(stretch_for(15.0, 0.0, 1e6), 997))
        == stretch_for(15.0, 0.0, 1e6).points
    )


@pytest.mark.parametrize(("series", "expected"), [(("a:b", "b"), []), (("sum(b)",), ["a:b"]), ((), [])])
def test_a_recorded_series_is_replaced_where_history_lacks_it_but_has_its_parts(
    series: tuple[str, ...], expected: list[str]
) -> None:
    assert list(to_inline(asked(Asked(series=series)), HIGH.rests_on, Stretch(0.0, 100.0, 15.0))) == expected


def test_what_was_replaced_is_told_and_what_cannot_be_is_refused() -> None:
    double, stretch = Asked(), Stretch(0.0, 100.0, 15.0)
    past = backtest(asked(double), HIGH, stretch, HIGH.rests_on, lambda *_: None)

    assert (double.expressions, past.inlined) == ({"(sum(b)) > 1"}, ("a:b",))
    with pytest.raises(Refused, match="High: a:b is read with offset"):
        backtest(
            asked(double), replace(HIGH, expression="a:b offset 1h"), stretch, HIGH.rests_on, lambda *_: None
        )


@pytest.mark.parametrize(
    ("path", "old", "new", "names"),
    [
        (RULES, "    for: 2m", "    for: 3m", {"AetherlinkVerticalScrapeErrors"}),
        (RULES, f"{MEAN} > 5", f"{MEAN} > 6", {SLOW}),
        (RULES, "scrape_duration_seconds_sum[5m]", "scrape_duration_seconds_sum[6m]", {SLOW}),
        (RULES, "severity: info", "severity: warning", {SLOW}),
        (RULES, "alert: AetherlinkVerticalScrapeSlow", "alert: Renamed", {"Renamed"}),
        (RULES, "summary: Scrapes of", "summary: The scrapes of", set()),
        ("prometheus/rules/watchdog.yml", "interval: 1s", "interval: 2s", {"Watchdog"}),
    ],
)
def test_an_alert_has_changed_where_it_would_fire_otherwise(
    path: str, old: str, new: str, names: set[str]
) -> None:
    before = definitions(inspection("prod"))
    now = definitions(rewritten(inspection("prod"), path, old, new))

    assert {name for name, _ in changed(now, before)} == names
    assert changed(before, before) == ()


def test_every_recorded_series_is_known_with_its_interval() -> None:
    found = recordings(inspection("prod"))

    assert found[MEAN].interval == "15s"
    assert set(definitions(inspection("prod"))[SLOW, 0].rests_on) == {MEAN}
