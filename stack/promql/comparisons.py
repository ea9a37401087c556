"""Comparisons with a number: what an alert waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from promql_parser import BinaryExpr, NumberLiteral, ParenExpr, UnaryExpr

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

__all__ = ["COMPARING", "Comparison", "comparison", "deciding", "number"]

COMPARING = frozenset({"==", "!=", ">", "<", ">=", "<="})
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


class Comparison(NamedTuple):
    """An expression that is compared with a number.

    Args:
        compared: the expression; it stands on the left.
        sign: how.
        number: with what.
        is_bool: whether 0 or 1 comes of it, and not what it lets pass.
    """

    compared: Expr
    sign: str
    number: float
    is_bool: bool


def comparison(node: Expr) -> Comparison | None:
    """Give the comparison with a number that an expression is, None where it is none."""
    if not isinstance(node, BinaryExpr) or str(node.op) not in COMPARING:
        return None
    sign, left, right = str(node.op), number(node.lhs), number(node.rhs)
    is_bool = node.modifier is not None and node.modifier.return_bool
    if right is not None:
        return Comparison(node.lhs, sign, right, is_bool)
    return None if left is None else Comparison(node.rhs, TURNED.get(sign, sign), left, is_bool)


def deciding(tree: Expr) -> Iterator[Comparison]:
    """Yield the comparisons by which an alert fires; behind `and` and `unless` there are only provisos."""
    while isinstance(tree, ParenExpr):
        tree = tree.expr
    if found := comparison(tree):
        yield found
    elif isinstance(tree, BinaryExpr) and str(tree.op) in {"and", "unless"}:
        yield from deciding(tree.lhs)
    elif isinstance(tree, BinaryExpr) and str(tree.op) == "or":
        yield from deciding(tree.lhs)
        yield from deciding(tree.rhs)


def number(node: Expr) -> float | None:
    """Give the number that an expression is, None where it is none."""
    if isinstance(node, ParenExpr):
        return number(node.expr)
    if isinstance(node, UnaryExpr):
        inner = number(node.expr)
        return None if inner is None else -inner
    if isinstance(node, BinaryExpr) and str(node.op) == "*":
        left, right = number(node.lhs), number(node.rhs)
        return None if left is None or right is None else left * right
    return float(node.val) if isinstance(node, NumberLiteral) else None
