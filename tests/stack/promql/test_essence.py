"""Two expressions measure the same where only the part of the series differs that they ask for."""

from __future__ import annotations

import pytest
from promql_parser import parse

from stack.promql.essence import essence

RECORDED = {
    "busy": parse('100 * (1 - avg by (env) (rate(idle_total{mode="idle"}[5m])))'),
    "twice": parse("2 * busy"),
    "round": parse("round + 1"),
}


def of(expression: str) -> str:
    return essence(parse(expression), RECORDED)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", 'x{env="prod"}'),
        ("x", "max by (env) (x)"),
        ("x", "topk(3, avg without (job) (x) or vector(0))"),
        ("x", "x and on (env) up == 1"),
        ("x", "last_over_time(x[1h]) or 0 * up"),
        ("x", 'sort_desc(label_replace(x, "a", "$1", "b", "(.*)"))'),
        ("rate(x[5m])", "irate(x[1m])"),
        ("increase(x[5m])", 'increase(x{a="b"}[5m] offset 1h)'),
        ("100 * x", "x * 100"),
        ("busy", "100 * (1 - rate(idle_total[1m]))"),
        ("twice", "(1 - rate(idle_total[1m])) * 100 * 2"),
        ("100 * sum(a) / sum(b)", "100 * sum by (job) (a) / (sum by (job) (b))"),
        ("sum by (env, job) (x)", "sum by (job) (x)"),
        ("-x", "-max(x)"),
        ("max_over_time(rate(x[5m])[1h:1m])", "max_over_time(rate(x[1m])[1h:5m])"),
    ],
)
def test_these_measure_the_same(one: str, other: str) -> None:
    assert of(one) == of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x", "y"),
        ("x", "100 * x"),
        ("x", "count(x)"),
        ("x", "sum(x)"),
        ("sum(x)", "sum by (job) (x)"),
        ("sum by (job) (x)", "sum without (job) (x)"),
        ("rate(x[5m])", "increase(x[5m])"),
        ("increase(x[5m])", "increase(x[1h])"),
        ("a - b", "b - a"),
        ("100 * sum(a) / sum(b)", "sum(a) / sum(b)"),
        ("count(x == 0)", "count(x == bool 0)"),
        ("x", "x or y"),
        ("histogram_quantile(0.9, x)", "histogram_quantile(0.99, x)"),
        ('{job="a"}', '{job="b"}'),
    ],
)
def test_these_do_not(one: str, other: str) -> None:
    assert of(one) != of(other)


def test_a_recording_that_rests_on_itself_ends_there() -> None:
    assert of("round") == "(1 + round)"
