"""Labels whose value is the same on all of a result."""

from __future__ import annotations

import pytest
from promql_parser import parse

from stack.promql.pinned import pinned


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        ('x{a="1", b=~"2", c!="3"}', "a"),
        ('-(rate(x{a="1", b="2"}[5m] offset 1h)) * 100 > bool 5', "ab"),
        ('sum by (a, c) (x{a="1", b="2"})', "a"),
        ('sum without (c) (x{a="1"})', ""),
        ('sum(x{a="1"})', ""),
        ('topk by (c) (3, x{a="1"})', "a"),
        ('count_values by (a) ("b", x{a="1"})', ""),
        ('max_over_time(x{a="1"}[1h:5m])', "a"),
        ('x{a="1"} / y{b="2"}', "ab"),
        ('x{a="1"} / on (a) y{b="2"}', ""),
        ('x{a="1"} and y{b="2"}', "a"),
        ('x{a="1"} unless on (c) y{b="2"}', "a"),
        ('x{a="1", b="2"} or y{a="1", b="3"}', "a"),
        ('x{a="1"} or y', ""),
        ('label_replace(x{a="1"}, "a", "2", "", "")', ""),
        ('absent(x{a="1"})', ""),
        ('histogram_quantile(0.9, x{a="1", le="2"})', "a"),
        ("vector(1)", ""),
        ("time()", ""),
    ],
)
def test_what_every_selector_asks_for_is_on_the_result_where_nothing_takes_it_away(
    expression: str, labels: str
) -> None:
    values = {"a": "1", "b": "2"}
    assert pinned(parse(expression)) == {name: values[name] for name in labels}
