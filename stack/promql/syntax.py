"""Walks over PromQL's syntax trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promql_parser import (
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import timedelta

    from promql_parser import Expr

__all__ = ["children", "names", "nodes", "reach", "short"]


SHORT = 60
"""Characters of an expression that a message quotes."""


def nodes(tree: Expr) -> Iterator[Expr]:
    """Yield an expression and every expression within it."""
    yield tree
    for child in children(tree):
        yield from nodes(child)


def names(tree: Expr) -> set[str]:
    """Name the series that an expression reads; selectors without a plain name are left out."""
    return {node.name for node in nodes(tree) if isinstance(node, VectorSelector) and node.name}


def children(tree: Expr) -> list[Expr]:
    """Give the expressions that an expression is made of."""
    if isinstance(tree, BinaryExpr):
        return [tree.lhs, tree.rhs]
    if isinstance(tree, Call):
        return list(tree.args)
    if isinstance(tree, AggregateExpr):
        return [tree.expr] if tree.param is None else [tree.param, tree.expr]
    if isinstance(tree, ParenExpr | UnaryExpr | SubqueryExpr):
        return [tree.expr]
    return [tree.vector_selector] if isinstance(tree, MatrixSelector) else []


def reach(tree: Expr) -> float:
    """Give how far back an expression looks, in seconds: ranges and offsets, one within the other added."""
    own = 0.0
    if isinstance(tree, MatrixSelector | SubqueryExpr):
        own += _seconds(tree.range)
    if isinstance(tree, VectorSelector | SubqueryExpr):
        own += _seconds(tree.offset)
    return own + max(map(reach, children(tree)), default=0.0)


def short(expression: str) -> str:
    """Give an expression in one line, its beginning alone where that is a long one."""
    text = " ".join(expression.split())
    return text if len(text) <= SHORT else f"{text[: SHORT - 3]}..."


def _seconds(span: timedelta | None) -> float:
    return span.total_seconds() if span else 0.0
