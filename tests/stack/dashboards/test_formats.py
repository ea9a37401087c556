"""Values in a query, as Grafana itself writes them; the answers of its own tests are among these."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.dashboards.formats import FORMATS, dated, formatted, promql

BOTH = ("a.b", "c'd")
values = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("kind", "one", "several"),
    [
        ("csv", "a.b", "a.b,c'd"),
        ("distributed", "a.b", "a.b,v=c'd"),
        ("doublequote", '"a.b"', '"a.b","c\'d"'),
        ("glob", "a.b", "{a.b,c'd}"),
        ("html", "a.b", "a.b, c&#x27;d"),
        ("json", '"a.b"', '["a.b", "c\'d"]'),
        ("lucene", "a.b", '("a.b" OR "c\'d")'),
        ("percentencode", "a.b", "%7Ba.b%2Cc%27d%7D"),
        ("pipe", "a.b", "a.b|c'd"),
        ("queryparam", "var-v=a.b", "var-v=a.b&var-v=c%27d"),
        ("raw", "a.b", "a.b,c'd"),
        ("regex", r"a\.b", r"(a\.b|c'd)"),
        ("singlequote", "'a.b'", r"'a.b','c\'d'"),
        ("sqlstring", "'a.b'", "'a.b','c''d'"),
        ("text", "a.b", "a.b + c'd"),
        ("uriencode", "a.b", "{a.b,c'd}"),
        ("nobody-knows-it", "a.b", "{a.b,c'd}"),
    ],
)
def test_each_format_writes_one_value_and_several(kind: str, one: str, several: str) -> None:
    assert formatted(kind, "v", BOTH[:1]) == one
    assert formatted(kind, "v", BOTH) == several


def test_without_a_format_several_become_a_regular_expression_within_quotes() -> None:
    assert promql(("a.b",), many=True) == r"a\\.b"
    assert promql(("a.b", "c"), many=True) == r"(a\\.b|c)"
    assert promql(("a\\b",), many=True) == "a\\\\\\\\b"
    assert promql(("a.b",), many=False) == "a.b"
    assert promql(("it's",), many=False) == r"it\\'s"


def test_a_moment_is_written_as_iso_8601_or_as_seconds() -> None:
    assert dated("1700000000123", "") == "2023-11-14T22:13:20.123Z"
    assert dated("1700000000123", "seconds") == "1700000000"


@given(values)
def test_what_is_escaped_matches_the_values_and_nothing_else(chosen: list[str]) -> None:
    pattern = re.compile(formatted("regex", "v", chosen))

    assert all(pattern.fullmatch(value) for value in chosen)
    assert not pattern.fullmatch("".join(chosen) + "x")


@given(values)
def test_what_stands_within_quotes_is_the_same_expression_after_one_reading(chosen: list[str]) -> None:
    read = promql(chosen, many=True).replace("\\\\", "\\")  # as PromQL reads a string

    assert all(re.fullmatch(read, value) for value in chosen)


@given(st.sampled_from(sorted(FORMATS)), values)
def test_every_format_takes_any_values(kind: str, chosen: list[str]) -> None:
    assert isinstance(formatted(kind, "v", chosen), str)
