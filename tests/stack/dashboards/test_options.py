"""Options that a model holds itself, and what a filter makes of an answer."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.options import OptionsUnreadable, listed, matching


@pytest.mark.parametrize(
    ("variable", "options"),
    [
        ({"type": "constant", "query": "prod"}, ["prod"]),
        ({"type": "textbox", "query": ""}, []),
        ({"type": "custom", "query": r"a, b\,c , Name : d"}, ["a", "b,c", "d"]),
        ({"type": "custom", "query": "", "options": [{"value": "x"}, {"text": "y"}]}, ["x"]),
        ({"type": "interval", "query": "1m,10m"}, ["1m", "10m"]),
        ({"type": "interval", "query": "1m", "current": {"value": "$__auto_interval_v"}}, ["120s"]),
        ({"type": "interval", "auto_count": 10, "current": {"value": "$__auto"}}, ["360s"]),
        ({"type": "interval", "auto_min": "10m", "current": {"value": "$__auto"}}, ["600s"]),
        ({"type": "datasource", "query": "prometheus", "current": {"value": "uid"}}, ["uid"]),
        ({"type": "datasource", "query": "prometheus"}, ["prometheus"]),
    ],
)
def test_what_a_model_holds_itself(variable: dict[str, Any], options: list[str]) -> None:
    assert listed(variable, 3600.0) == options


FOUND = ['up{job="b"} 1', 'up{job="A"} 1', 'down{job="b"} 0']


@pytest.mark.parametrize(
    ("regex", "options"),
    [
        ("", FOUND),
        ('/job="(.)"/', ["b", "A"]),
        ('/^down.*job="(?<value>.)"/', ["b"]),
        ('/(?<text>up).*job="(?<value>.)"/', ["b", "A"]),
        ("/UP/i", FOUND[:2]),
        ("down", FOUND[2:]),
        ("/nothing/", []),
    ],
)
def test_a_filter_takes_out_what_it_finds(regex: str, options: list[str]) -> None:
    assert matching(FOUND, regex, 0) == options


@pytest.mark.parametrize(
    ("sort", "options"),
    [
        (0, ["b10", "a9", "C1", "x"]),
        (None, ["b10", "a9", "C1", "x"]),
        (1, ["C1", "a9", "b10", "x"]),
        (2, ["x", "b10", "a9", "C1"]),
        (3, ["x", "C1", "a9", "b10"]),
        (4, ["b10", "a9", "C1", "x"]),
        (5, ["a9", "b10", "C1", "x"]),
        (6, ["x", "C1", "b10", "a9"]),
        (99, ["b10", "a9", "C1", "x"]),
    ],
)
def test_options_come_in_the_order_that_is_asked_for(sort: object, options: list[str]) -> None:
    assert matching(["b10", "a9", "C1", "x", "a9"], "", sort) == options


def test_a_filter_that_is_no_expression_is_told() -> None:
    with pytest.raises(OptionsUnreadable, match=r"its filter /\(/ cannot be read: missing \)"):
        matching(["a"], "/(/", 0)


@given(st.lists(st.text(max_size=5)), st.text(max_size=6), st.integers() | st.none())
def test_any_filter_gives_options_or_says_why_not(found: list[str], regex: str, sort: int | None) -> None:
    with suppress(OptionsUnreadable):
        assert len(matching(found, regex, sort)) <= len(found)
