"""Grafana's variables and macros, filled in so that what a panel holds can be parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_parser import parse

from stack.promql.variables import UNKNOWN, filled, readings


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("up", "up"),
        ("rate(x[$__rate_interval])", "rate(x[5m])"),
        ("rate(x[${__interval}:$__interval])", "rate(x[1m:1m])"),
        ("increase(x[$__range]) / $__range_s", "increase(x[1h]) / 3600"),
        ('x{env=~"$env", a="${b:regex}", c="[[d]]", e="${f.g}"}', None),
        ("x{a='b $c'} > $limit", f"x{{a='b {UNKNOWN}'}} > {UNKNOWN}"),
        ("sum by ($by) (x[$window:]) offset $ago", f"sum by ({UNKNOWN}) (x[5m:]) offset 5m"),
        ('x{a="[$b"} > $limit', f'x{{a="[{UNKNOWN}"}} > {UNKNOWN}'),
        ("${metric}_total", f"{UNKNOWN}_total"),
        ("$shop offset $known", f"{UNKNOWN} offset 3d"),
        ("cost in $", "cost in $"),
    ],
)
def test_every_form_is_filled_in_by_where_it_stands(text: str, expected: str | None) -> None:
    made = filled(text, {"known": "3d"})
    assert made == (expected or f'x{{env=~"{UNKNOWN}", a="{UNKNOWN}", c="{UNKNOWN}", e="{UNKNOWN}"}}')


@pytest.mark.parametrize(
    "text",
    [
        'topk($count, sum by ($by) (rate(x{a=~"$b"}[$__rate_interval])))',
        "x > $limit",
        "$metric{} > $limit and quantile($q, y) < $limit",
        "histogram_quantile($q, sum by (le, ${by}) (rate(x[$window])))",
    ],
)
def test_one_reading_of_what_a_panel_may_hold_can_be_parsed(text: str) -> None:
    def parses(reading: str) -> bool:
        try:
            return bool(parse(reading))
        except ValueError:
            return False

    assert any(map(parses, readings(text)))


def test_there_are_never_many_readings_and_the_first_takes_all_for_names() -> None:
    many = list(readings(" + ".join(f"$v{number}" for number in range(30))))
    assert len(many) == 16
    assert many[0] == " + ".join([UNKNOWN] * 30)
    assert list(readings("up")) == ["up"]
    assert list(readings("$a", {"a": "up"})) == ["up"]


def test_within_quotes_a_variable_is_never_a_number_and_never_a_duration() -> None:
    assert list(readings('x{a="$n [$n"} > $n')) == [
        f'x{{a="{UNKNOWN} [{UNKNOWN}"}} > {value}' for value in (UNKNOWN, "1")
    ]


@given(st.text("$[]{}\"'`\\:ab_0 ()", max_size=30))
def test_whatever_a_panel_holds_is_filled_in(text: str) -> None:
    assert all(isinstance(reading, str) for reading in readings(text))
