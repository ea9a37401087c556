"""Rules that a test does not ask for, but that could fail on its series: promtool fails the test then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.rule_tests.reading import OF_ALERTS

if TYPE_CHECKING:
    from collections.abc import Collection

    from promql_parser import Expr

    from pipelines.rule_tests.reading import Made
    from pipelines.rule_tests.sight import Sight

__all__ = ["hazards"]

SETS = {"and", "or", "unless"}
RELABELLERS = {"label_replace", "label_join"}
ABSENT = {"absent", "absent_over_time"}


def hazards(sight: Sight, named: Collection[Made]) -> list[Made] | None:
    """Give the rules beside those named that could fail on what they see; None where that cannot be told."""
    others = [made for made in sight.rules.all if made in sight.seeing and made not in named]
    if any(sight.rules.reads[made] is None for made in others):
        return None
    return [made for made in others if _could_fail(made, sight)]


def _could_fail(made: Made, sight: Sight) -> bool:
    """Say whether a rule's evaluation could fail: on what it computes, or on what it writes."""
    tree = sight.rules.reading.syntax(made.rule.expression)
    return (
        "limit" in made.group.body
        or tree is None
        or _is_delicate(tree)
        or (not _is_one(tree) and not sight.words(made).isdisjoint(made.sets))
        or (made.rule.kind == "record" and _is_written_twice(made, sight))
    )


def _is_written_twice(made: Made, sight: Sight) -> bool:
    """Say whether another series with a recording's name is there."""
    name = made.rule.name
    others = (one for one in sight.rules.records.get(name, ()) if one is not made)
    return name in sight.series or name in OF_ALERTS or any(one in sight.seeing for one in others)


def _is_delicate(tree: Expr) -> bool:
    """Say whether an expression matches vectors, changes labels, or computes its own parameters."""
    from promql_parser import AggregateExpr, BinaryExpr, Call, NumberLiteral, StringLiteral

    from stack.promql.labels import is_single
    from stack.promql.syntax import nodes

    for node in nodes(tree):
        if isinstance(node, BinaryExpr) and str(node.op) not in SETS:
            if not (is_single(node.lhs) or is_single(node.rhs)):
                return True
        elif isinstance(node, AggregateExpr):
            if not isinstance(node.param, NumberLiteral | StringLiteral | None):
                return True
        elif isinstance(node, Call) and node.func.name in RELABELLERS and not _is_absence(node.args[0]):
            return True
    return False


def _is_one(tree: Expr) -> bool:
    """Say whether a result has one element at most: labels that a rule sets then make no two equal."""
    from promql_parser import AggregateExpr, BinaryExpr, ParenExpr

    from stack.promql.labels import is_single

    if isinstance(tree, ParenExpr):
        return _is_one(tree.expr)
    if isinstance(tree, BinaryExpr):
        sides = (tree.lhs, tree.rhs)
        return str(tree.op) not in SETS and all(is_single(side) or _is_one(side) for side in sides)
    if isinstance(tree, AggregateExpr):
        return tree.modifier is None and tree.param is None
    return _is_absence(tree)


def _is_absence(tree: Expr) -> bool:
    from promql_parser import Call

    return isinstance(tree, Call) and tree.func.name in ABSENT
