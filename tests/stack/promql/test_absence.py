"""Which series an expression needs, and whose absence it tells."""

from __future__ import annotations

import pytest
from promql_parser import parse

from stack.promql.absence import missed, needed


@pytest.mark.parametrize(
    ("expression", "wants", "tells"),
    [
        ("a > 1", {"a"}, set()),
        ("absent(a)", set(), {"a"}),
        ("b == 0 or absent_over_time(a[5m])", {"b"}, {"a"}),
        ("last_over_time(a[1h]) unless on (env) a", {"a"}, {"a"}),
        ("up == 1 unless on (instance) (a or b)", {"up"}, {"a", "b"}),
        ("a > 1 unless b == 2", {"a"}, set()),
        ("sum by (env) (rate(a[5m])) / 2", {"a"}, set()),
        ('{__name__="a"} > 1', set(), set()),
    ],
)
def test_a_comparison_needs_its_series_and_an_absence_tells_them(
    expression: str, wants: set[str], tells: set[str]
) -> None:
    tree = parse(expression)

    assert (needed(tree), missed(tree)) == (wants, tells)
