"""Steps and macros, as Grafana computes them."""

from __future__ import annotations

import pytest

from stack.dashboards.intervals import asked_from, macros, step_of
from stack.dashboards.spans import Span

HOUR, DAY = 3600, 86_400


@pytest.mark.parametrize(
    ("length", "points", "least", "factor", "step"),
    [
        (HOUR, 683, 5, 1, 5),  # 5.3 s, rounded to 5
        (HOUR, 683, 15, 1, 15),  # not below a scrape
        (6 * HOUR, 683, 15, 1, 30),
        (6 * HOUR, 227, 5, 1, 120),
        (7 * DAY, 683, 15, 1, 900),
        (30 * DAY, 1366, 15, 1, 1800),
        (30 * DAY, 100_000, 15, 1, 300),  # never more than 11,000 points
        (HOUR, 683, 15, 10, 150),
        (3650 * DAY, 24, 15, 1, 31_536_000),
    ],
)
def test_a_step_is_a_round_one_for_each_pixel(
    length: float, points: int, least: float, factor: int, step: float
) -> None:
    assert step_of(Span(0, length), points, least, factor) == step


def test_what_the_macros_stand_for() -> None:
    assert macros(Span(1000, 4600), 30, 15) == {
        "__interval": "30s",
        "__interval_ms": "30000",
        "__rate_interval": "60s",
        "__rate_interval_ms": "60000",
        "__range": "3600s",
        "__range_ms": "3600000",
        "__range_s": "3600",
        "__from": "1000000",
        "__to": "4600000",
    }
    assert macros(Span(0, 3600), 120, 15)["__rate_interval"] == "135s"
    assert macros(Span(0, 1), 0.5, 0.1)["__interval"] == "500ms"


def test_the_last_point_is_the_end() -> None:
    start = asked_from(Span(1003, 4606), 120)

    assert (4606 - start) % 120 == 0
    assert 1003 <= start < 1003 + 120
