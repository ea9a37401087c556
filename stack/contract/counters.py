"""Counters whose bare count is the result: it only grows, and falls to nothing with each restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promql_parser import AggregateExpr, BinaryExpr, Call, ParenExpr, UnaryExpr, VectorSelector

from stack.promql.asked import metric_names
from stack.promql.comparisons import number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from stack.contract.scope import Scope

__all__ = ["bare_counters"]

COUNTING = {"count", "count_values", "group"}
"""Aggregations that look at no value."""
KEEPING = {
    "abs",
    "ceil",
    "floor",
    "label_join",
    "label_replace",
    "round",
    "sort",
    "sort_by_label",
    "sort_by_label_desc",
    "sort_desc",
}
"""Functions whose result is as large as their first argument."""
SCALING = {"*", "/", "+", "-"}
GROWING = {"bucket", "counter"}


def bare_counters(tree: Expr, scope: Scope) -> Iterator[str]:
    """Name the counters whose count an expression gives, as it is, added up or scaled.

    What has another counter on its other side may be sound: a difference of two is what is going on.

    Source: https://prometheus.io/docs/concepts/metric_types/#counter
    """
    if isinstance(tree, VectorSelector):
        kinds = scope.kinds(tree)
        yield from metric_names(tree) if kinds and kinds <= GROWING else ()
    elif inner := _valued(tree):
        yield from bare_counters(inner, scope)
    elif isinstance(tree, BinaryExpr) and str(tree.op) == "or":
        yield from bare_counters(tree.lhs, scope)
        yield from bare_counters(tree.rhs, scope)


def _valued(tree: Expr) -> Expr | None:
    """Give the part that the value of an expression comes from, None where it is none alone."""
    if isinstance(tree, ParenExpr | UnaryExpr):
        return tree.expr
    if isinstance(tree, AggregateExpr):
        return None if str(tree.op) in COUNTING else tree.expr
    if isinstance(tree, Call):
        return _argument(tree)
    return _scaled(tree) if isinstance(tree, BinaryExpr) else None


def _argument(tree: Call) -> Expr | None:
    arguments: list[Expr] = list(tree.args)
    if tree.func.name == "histogram_quantile":
        return arguments[-1]
    return arguments[0] if tree.func.name in KEEPING else None


def _scaled(tree: BinaryExpr) -> Expr | None:
    if str(tree.op) in {"and", "unless"}:
        return tree.lhs
    if str(tree.op) not in SCALING:
        return None
    if number(tree.rhs) is not None:
        return tree.lhs
    return tree.rhs if number(tree.lhs) is not None else None
