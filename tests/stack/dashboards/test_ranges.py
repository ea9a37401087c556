"""The shortest that Grafana makes a range, as its documentation has it."""

from __future__ import annotations

from typing import Any

import pytest

from stack.dashboards.queries import queries
from stack.dashboards.ranges import ranges


def of(expression: str, panel: dict[str, Any], target: dict[str, Any]) -> tuple[str, dict[float, str]]:
    (query,) = queries({"panels": [{**panel, "targets": [{"expr": expression, **target}]}]})
    return ranges(query, step=15)


@pytest.mark.parametrize(
    ("written", "panel", "target", "length"),
    [
        ("[$__interval]", {}, {}, "15000ms"),
        ("[${__interval}]", {"interval": "1m"}, {}, "60000ms"),
        ("[$__interval]", {"interval": ">30s"}, {"interval": "2m"}, "120000ms"),
        ("[ $__interval ]", {"interval": "5s"}, {}, "15000ms"),
        ("[$__rate_interval]", {}, {}, "60000ms"),
        ("[$__rate_interval]", {"interval": "2m"}, {}, "135000ms"),
        ("[$__rate_interval]", {}, {"interval": "1m"}, "240000ms"),
        ("[$__range]", {}, {}, "315360000000ms"),
        ("[[[window]]]", {}, {}, "315360000000ms"),
        ("[$__interval]", {"interval": "$step"}, {}, "315360000000ms"),
        ("[30s]", {}, {}, "30s"),
        ("[1h:$__interval]", {}, {}, "1h:$__interval"),
    ],
)
def test_a_range_is_as_long_as_the_least_step_allows(
    written: str, panel: dict[str, Any], target: dict[str, Any], length: str
) -> None:
    assert of(f"rate(x{written})", panel, target)[0] == f"rate(x[{length}])"


def test_each_length_is_known_by_how_it_was_written() -> None:
    assert of("rate(x[$__interval]) + rate(x[$w])", {}, {})[1] == {15: "$__interval", 315_360_000: "$w"}
    assert ranges(next(queries({"annotations": {"list": [{"expr": "up"}]}})), step=15) == ("up", {})
