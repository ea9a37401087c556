"""What an alert compares with a number, whichever side the number stands on."""

from __future__ import annotations

import pytest
from promql_parser import parse

from stack.promql.comparisons import comparison, deciding


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x > 5", ("x", ">", 5.0, False)),
        ("5 > x", ("x", "<", 5.0, False)),
        ("x <= bool -(3)", ("x", "<=", -3.0, True)),
        ("x < 2 * 86400", ("x", "<", 172_800.0, False)),
        ("1 == x", ("x", "==", 1.0, False)),
        ("x > y", None),
        ("x < 2 * y", None),
        ("x + 5", None),
    ],
)
def test_a_comparison_with_a_number_is_told_by_its_sides(
    expression: str, expected: tuple[str, str, float, bool] | None
) -> None:
    found = comparison(parse(expression))

    assert (found and (found.compared.prettify(), *found[1:])) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("x > 5", [5]),
        ("(x > 5 and y > 3) or (z < 2 unless a > 1)", [5, 2]),
        ("x > 5 and x < 9", [5]),
        ("absent(x)", []),
        ("count(x > 5) > 2", [2]),
        ("x > 1 > 5", [5]),
    ],
)
def test_behind_and_and_unless_stand_provisos(expression: str, expected: list[float]) -> None:
    assert [found.number for found in deciding(parse(expression))] == expected
