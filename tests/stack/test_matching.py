"""Whether a label's value satisfies a condition on it."""

from __future__ import annotations

import pytest

from stack.matching import satisfies


@pytest.mark.parametrize(
    ("op", "wanted", "passing", "failing"),
    [
        ("=", "a", ["a"], ["", "ab"]),
        ("=", "", [""], ["a"]),
        ("!=", "a", ["", "b"], ["a"]),
        ("=~", "a|b.*", ["a", "b", "b\nc"], ["", "ab", "xa"]),
        ("!~", "a|b.*", ["", "ab"], ["a", "bc"]),
        ("=~", r"\w+", ["a1_"], ["ä", ""]),
        ("=~", "(", ["whatever"], []),
        ("!~", "[[:alpha:]]", ["x", "1"], []),
    ],
)
def test_a_condition_takes_whole_values_and_what_only_go_can_read_takes_all(
    op: str, wanted: str, passing: list[str], failing: list[str]
) -> None:
    assert [value for value in passing if not satisfies(op, wanted, value)] == []
    assert [value for value in failing if satisfies(op, wanted, value)] == []
