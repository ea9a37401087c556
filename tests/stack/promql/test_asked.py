"""What selectors ask for: names, values, and which of them pass."""

from __future__ import annotations

import pytest
from promql_parser import VectorSelector, parse

from stack.promql.asked import asked, matchers_of, metric_names, values_asked
from stack.promql.variables import UNKNOWN


def selector(text: str) -> VectorSelector:
    tree = parse(text)
    assert isinstance(tree, VectorSelector)
    return tree


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a", ("a",)),
        ('{__name__="a"}', ("a",)),
        ('{"a:b", x="y"}', ("a:b",)),
        ('{__name__=~"a|b"}', ("a", "b")),
        ('{__name__=~"a.+"}', ()),
        ('{__name__!="a", x="y"}', ()),
        ('{x="y"}', ()),
    ],
)
def test_metrics_are_named_where_they_are_asked_for_by_name(text: str, names: tuple[str, ...]) -> None:
    assert metric_names(selector(text)) == names


@pytest.mark.parametrize(
    ("matcher", "values"),
    [
        ('x="a"', ("a",)),
        ('x=""', ("",)),
        ('x=~"a|b c|d-e"', ("a", "b c", "d-e")),
        (r'x=~"a\\.b"', ("a.b",)),
        ('x=~"a.b"', ()),
        ('x=~"(a|b)"', ()),
        ('x=~"a|b.*"', ()),
        ('x!="a"', ()),
        ('x!~"a|b"', ()),
        (f'x="{UNKNOWN}"', ()),
        (f'x=~"a|{UNKNOWN}"', ()),
    ],
)
def test_values_are_those_that_are_asked_for_by_name(matcher: str, values: tuple[str, ...]) -> None:
    [found] = matchers_of(selector(f"m{{{matcher}}}"))
    assert values_asked(found) == values


@pytest.mark.parametrize(
    ("matchers", "passing"),
    [
        ("", "a b "),
        ('x="a"', "a"),
        ('x!="a"', "b "),
        ('x=~"a|b"', "a b"),
        ('x!~"a|b"', ""),
        ('x=~"a|b", x!="a"', "b"),
        (f'x="{UNKNOWN}"', "a b "),
        (r'x=~"\\pL"', "a b "),
        ('y="z"', "a b "),
    ],
)
def test_a_value_passes_as_prometheus_lets_it(matchers: str, passing: str) -> None:
    passes = asked(selector(f"m{{{matchers}}}"), "x")
    assert [value for value in ("a", "b", "") if passes(value)] == passing.split(" ")


def test_what_stands_behind_an_or_is_asked_for_too() -> None:
    assert {matcher.name for matcher in matchers_of(selector('m{x="a" or y="b"}'))} == {"x", "y"}
