"""Changes of an expression's meaning, made in its text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_parser import BinaryExpr, Expr, NumberLiteral, parse

from stack.promql.mutations import NEGATED, edits
from stack.promql.syntax import children, nodes


def changed(expression: str) -> dict[str, str]:
    return {edit.name: edit.of(expression) for edit in edits(expression)}


@pytest.mark.parametrize(
    ("expression", "mutants"),
    [
        ("up", {}),
        (
            "a > 80",
            {
                "comparison 1 negated": "a <= 80",
                "threshold 1 raised": "a > 88",
                "threshold 1 lowered": "a > 72",
            },
        ),
        (
            "a == 0",
            {
                "comparison 1 negated": "a != 0",
                "threshold 1 raised": "a == 1",
                "threshold 1 lowered": "a == -1",
            },
        ),
        (
            "a > -5",
            {
                "comparison 1 negated": "a <= -5",
                "threshold 1 raised": "a > -4.5",
                "threshold 1 lowered": "a > -5.5",
            },
        ),
        (
            "5 < a",
            {
                "comparison 1 negated": "5 >= a",
                "threshold 1 raised": "5.5 < a",
                "threshold 1 lowered": "4.5 < a",
            },
        ),
        (
            "a >= bool 0x10",
            {
                "comparison 1 negated": "a < bool 0x10",
                "threshold 1 raised": "a >= bool 17.6",
                "threshold 1 lowered": "a >= bool 14.4",
            },
        ),
        (
            "a > 1h30m",
            {
                "comparison 1 negated": "a <= 1h30m",
                "threshold 1 raised": "a > 5940",
                "threshold 1 lowered": "a > 4860",
            },
        ),
        (
            "a < 24 * 3600",
            {
                "comparison 1 negated": "a >= 24 * 3600",
                "threshold 1 raised": "a < (24 * 3600) * 1.1",
                "threshold 1 lowered": "a < (24 * 3600) * 0.9",
            },
        ),
        (
            "a > 0.9 * b",
            {
                "comparison 1 negated": "a <= 0.9 * b",
                "threshold 1 raised": "a > 0.99 * b",
                "threshold 1 lowered": "a > 0.81 * b",
            },
        ),
        ("a < b offset 5m @ 7", {"comparison 1 negated": "a >= b offset 5m @ 7"}),
        (
            "a > f(3, b) / (b + 1)",
            {
                "comparison 1 negated": "a <= f(3, b) / (b + 1)",
                "threshold 1 raised": "a > f(3, b) / (b + 1.1)",
                "threshold 1 lowered": "a > f(3, b) / (b + 0.9)",
            },
        ),
        ("a > Inf", {"comparison 1 negated": "a <= Inf"}),
        ('a{x=">1 or 2"} > "3" # > 4', {"comparison 1 negated": 'a{x=">1 or 2"} <= "3" # > 4'}),
        ("a or b", {"alternative 1 dropped": "b", "alternative 2 dropped": "a"}),
        (
            "a or on (x) b or c",
            {
                "alternative 1 dropped": "b or c",
                "alternative 2 dropped": "a  or c",
                "alternative 3 dropped": "a or on (x) b",
            },
        ),
        (
            "sum by (or) (a or b)",
            {"alternative 1 dropped": "sum by (or) (b)", "alternative 2 dropped": "sum by (or) (a )"},
        ),
        (
            "f((a or b), c) unless d",
            {"alternative 1 dropped": "f((b), c) unless d", "alternative 2 dropped": "f((a ), c) unless d"},
        ),
    ],
)
def test_comparisons_thresholds_and_alternatives_are_changed_where_they_stand(
    expression: str, mutants: dict[str, str]
) -> None:
    assert changed(expression) == mutants


NAMES = st.sampled_from(
    ["a", "b:c", 'd{e="f>1 or g"}', "rate(h[5m])", "absent(i)", "sum by (or) (j)", "time()"]
)
NUMBERS = st.sampled_from(["0", "7", "0.25", "1e3", "12345678"])


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from([*NEGATED, "+", "*", "or", "and", "unless", "or on (x)", "- ignoring (y)"])
    forms = st.sampled_from(["{} {} {}", "({} {} {})", "sum({} {} {})", "max_over_time(({} {} {})[1h:])"])
    return st.builds(lambda form, one, how, two: form.format(one, how, two), forms, inner, operators, inner)


def limited(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, inner, st.sampled_from([*NEGATED]), NUMBERS)


EXPRESSIONS = st.recursive(NAMES, lambda inner: joined(inner) | limited(inner), max_leaves=8)


def operators(tree: Expr) -> list[str]:
    """Give the operators in the order of the text."""
    if isinstance(tree, BinaryExpr):
        return [*operators(tree.lhs), str(tree.op), *operators(tree.rhs)]
    return [one for child in children(tree) for one in operators(child)]


def numbers(tree: Expr) -> list[float]:
    return sorted(node.val for node in nodes(tree) if isinstance(node, NumberLiteral))


@given(expression=EXPRESSIONS)
def test_a_change_is_just_the_one_that_its_name_says(expression: str) -> None:
    try:
        tree = parse(expression)
    except ValueError:  # two numbers of which one is a vector's
        return
    before = operators(tree)
    kinds = []
    for edit in edits(expression):
        after = parse(edit.of(expression))
        kind = edit.name.split()[0]
        kinds.append(kind)
        if kind == "comparison":
            differing = [pair for pair in zip(before, operators(after), strict=True) if len(set(pair)) == 2]
            assert [NEGATED[one] for one, _ in differing] == [other for _, other in differing]
            assert len(differing) == 1
        elif kind == "threshold":
            assert operators(after) == before
            assert numbers(after) != numbers(tree)
        else:
            assert operators(after).count("or") < before.count("or")
    assert kinds.count("comparison") == sum(one in NEGATED for one in before)
    assert (kinds.count("alternative") > 0) == ("or" in before)


@given(
    expression=st.text()
    | st.lists(st.sampled_from([*"(){},<>=!\"'`#[] 1a", "or", "bool", "on", "5m"])).map("".join)
)
def test_whatever_is_written_there_are_edits_and_no_exception(expression: str) -> None:
    for edit in edits(expression):
        assert 0 <= edit.start <= edit.end <= len(expression)
