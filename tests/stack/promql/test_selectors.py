"""The series that an expression asks for."""

from __future__ import annotations

import pytest
from promql_parser import parse

from stack.promql.selectors import Selector, selectors


def test_every_selector_is_found_also_among_the_parameters_of_an_aggregation() -> None:
    tree = parse(
        'topk(scalar(m), rate(n{a="b"}[5m])) / on (a) ({__name__="o"} offset 1h) unless max_over_time(p[1h:])'
    )
    assert [one.name for one in selectors(tree)] == ["m", "n", "o", "p"]


@pytest.mark.parametrize("expression", ['{__name__=~"a.*"}', '{a="b"}', '{__name__!="a", b="c"}'])
def test_a_selector_without_a_plain_name_may_read_anything(expression: str) -> None:
    assert [one.name for one in selectors(parse(expression))] == [None]


def test_a_function_that_reads_what_it_likes_may_read_anything() -> None:
    assert [one.name for one in selectors(parse("info(x)"))] == [None, "x"]


@pytest.mark.parametrize(
    ("expression", "labels", "whole", "reads"),
    [
        ("x", {}, True, True),
        ("y", {}, True, False),
        ('x{a="1"}', {"a": "1"}, True, True),
        ('x{a="1"}', {}, True, False),
        ('x{a="1"}', {}, False, True),
        ('x{a="1"}', {"a": "2"}, False, False),
        ('x{a!="1"}', {}, True, True),
        ('x{a=~"1|2"}', {"a": "2"}, True, True),
        ('x{a!~"1|2"}', {"a": "2"}, True, False),
        (r'x{a=~"\\pL"}', {"a": "2"}, True, True),
        ('x{a="1" or a="2"}', {"a": "3"}, True, True),
        ('{__name__=~"x|y"}', {}, True, True),
        ('{__name__=~"y"}', {}, True, False),
        ('{__name__="x"}', {}, True, True),
    ],
)
def test_a_series_is_read_where_every_condition_that_is_known_holds(
    expression: str, labels: dict[str, str], whole: bool, reads: bool
) -> None:
    (selector,) = selectors(parse(expression))
    assert selector.may_read("x", labels, whole=whole) is reads


def test_the_value_that_a_label_must_have_is_known_where_it_is_written_out() -> None:
    (selector,) = selectors(parse('x{a="1", b=~"2"}'))
    assert isinstance(selector, Selector)
    assert (selector.value_of("a"), selector.value_of("b"), selector.value_of("c")) == ("1", None, None)
