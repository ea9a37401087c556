"""Which series an expression needs, and whose absence it tells: a comparison says nothing of what is gone."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from promql_parser import BinaryExpr, Call, VectorSelector

from stack.promql.syntax import children, names, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

__all__ = ["missed", "needed"]

ABSENCES = {"absent", "absent_over_time"}
COMPARISONS = {"==", "!=", "<", ">", "<=", ">="}


def needed(tree: Expr) -> set[str]:
    """Name the series without which an expression, or a part of it, has no result."""
    if isinstance(tree, Call) and tree.func.name in ABSENCES:
        return set()
    if _is_unless(tree):
        return needed(tree.lhs)
    own = {tree.name} if isinstance(tree, VectorSelector) and tree.name else set()
    return own.union(*map(needed, children(tree)))


def missed(tree: Expr) -> set[str]:
    """Name the series whose absence gives a result: `absent(x)`, and `anything unless x`.

    What stands behind an `unless` with a comparison is an exception, which says nothing where it is gone.

    Source: https://prometheus.io/docs/prometheus/latest/querying/functions/#absent
    """
    return set().union(*map(names, _told(tree)))


def _told(tree: Expr) -> Iterator[Expr]:
    for node in nodes(tree):
        if isinstance(node, Call) and node.func.name in ABSENCES:
            yield node
        elif _is_unless(node) and not _compares(node.rhs):
            yield node.rhs


def _is_unless(tree: Expr) -> TypeGuard[BinaryExpr]:
    return isinstance(tree, BinaryExpr) and str(tree.op) == "unless"


def _compares(tree: Expr) -> bool:
    return any(isinstance(node, BinaryExpr) and str(node.op) in COMPARISONS for node in nodes(tree))
