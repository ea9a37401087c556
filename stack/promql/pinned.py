"""The labels whose value is the same on every series of a result, because its selectors ask for just that."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

from stack.promql.labels import is_single
from stack.promql.selectors import selectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promql_parser import Expr

__all__ = ["pinned"]

MAKERS = frozenset({"absent", "absent_over_time", "info", "label_join", "label_replace", "scalar", "vector"})
RELABELLING = frozenset({"count_values"})
CHOOSERS = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


def pinned(tree: Expr) -> Mapping[str, str]:
    """Give labels and the value that each of them has on all of a result; one that is left out may have any.

    Source: https://prometheus.io/docs/prometheus/latest/querying/operators/
    """
    if isinstance(tree, VectorSelector):
        (selector,) = selectors(tree)
        return {one.label: one.value for one in selector.conditions if one.op == "="}
    if isinstance(tree, MatrixSelector):
        return pinned(tree.vector_selector)
    if isinstance(tree, ParenExpr | UnaryExpr | SubqueryExpr):
        return pinned(tree.expr)
    if isinstance(tree, AggregateExpr):
        return _aggregated(tree)
    if isinstance(tree, BinaryExpr):
        return _combined(tree)
    return _called(tree) if isinstance(tree, Call) else {}


def _aggregated(tree: AggregateExpr) -> Mapping[str, str]:
    inner, operator, modifier = pinned(tree.expr), str(tree.op), tree.modifier
    if operator in CHOOSERS:
        return inner
    if operator in RELABELLING or modifier is None or modifier.type != AggModifierType.By:
        return {}
    return {label: value for label, value in inner.items() if label in modifier.labels}


def _combined(tree: BinaryExpr) -> Mapping[str, str]:
    if is_single(tree.lhs) or is_single(tree.rhs):
        return pinned(tree.rhs if is_single(tree.lhs) else tree.lhs)
    left, right, operator = pinned(tree.lhs), pinned(tree.rhs), str(tree.op)
    if operator in {"and", "unless"}:
        return left
    if operator == "or":
        return {label: value for label, value in left.items() if right.get(label) == value}
    matched = tree.modifier is not None and tree.modifier.matching is not None
    return {} if matched else {**right, **left}


def _called(tree: Call) -> Mapping[str, str]:
    vectors = [argument for argument in tree.args if not is_single(argument)]
    if tree.func.name in MAKERS or len(vectors) != 1:
        return {}
    inner = pinned(vectors[0])
    return {label: value for label, value in inner.items() if label != "le"}
