"""What an expression measures, whatever part of its series it asks for: equal ones can share a threshold."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    SubqueryExpr,
    UnaryExpr,
    VectorSelector,
)

from stack.promql.comparisons import COMPARING, number
from stack.promql.syntax import children

if TYPE_CHECKING:
    from collections.abc import Mapping

    from promql_parser import Expr

    Recorded = Mapping[str, Expr | None]

__all__ = ["essence", "followed"]

PICKING = {"avg", "bottomk", "limit_ratio", "limitk", "max", "min", "quantile", "topk"}
"""Aggregations whose result is as large as what they are taken of."""
DRESSING = {
    "label_join",
    "label_replace",
    "last_over_time",
    "sort",
    "sort_by_label",
    "sort_by_label_desc",
    "sort_desc",
}
PER_TIME = {"rate": "rate", "irate": "rate", "deriv": "deriv", "idelta": "idelta"}
"""Functions whose result does not grow with the window."""
COMMUTING = {"+", "*"}


def essence(tree: Expr, recorded: Recorded) -> str:
    """Write what an expression measures, without matchers and without aggregations that keep its size.

    Args:
        tree: the expression.
        recorded: what recording rules evaluate, by the name that they give it: it stands in for the name.
    """
    if isinstance(tree, ParenExpr | SubqueryExpr):
        return essence(tree.expr, recorded)
    if isinstance(tree, MatrixSelector):
        return essence(tree.vector_selector, recorded)
    if isinstance(tree, VectorSelector):
        return _series(tree, recorded)
    if isinstance(tree, AggregateExpr):
        return _aggregated(tree, recorded)
    if isinstance(tree, BinaryExpr):
        return _combined(tree, recorded)
    return _called(tree, recorded) if isinstance(tree, Call) else _plain(tree, recorded)


def followed(name: str, recorded: Recorded) -> Recorded:
    """Give what there is to follow below a name: all but that, since a rule may read itself.

    Over a mapping of thousands of names lies one of this name alone; nothing is copied.
    """
    return ChainMap({name: None}, recorded)  # type: ignore[arg-type] # it is only read


def _plain(tree: Expr, recorded: Recorded) -> str:
    if isinstance(tree, UnaryExpr):
        return f"-{essence(tree.expr, recorded)}"
    return f"{tree.val:g}" if isinstance(tree, NumberLiteral) else str(tree)


def _series(tree: VectorSelector, recorded: Recorded) -> str:
    if not tree.name:
        return str(tree)  # of any name: like nothing but itself
    if made := recorded.get(tree.name):
        return essence(made, followed(tree.name, recorded))
    return str(tree.name)


def _aggregated(tree: AggregateExpr, recorded: Recorded) -> str:
    name, inner = str(tree.op), essence(tree.expr, recorded)
    if name in PICKING:
        return inner
    kept = tree.modifier.labels if tree.modifier else ()
    way = "without" if tree.modifier and tree.modifier.type != AggModifierType.By else "by"
    # An environment is asked for by itself, here by the viewer, there by the rule.
    return f"{name} {way} ({', '.join(sorted({*kept} - {'env'}))}) ({inner})"


def _combined(tree: BinaryExpr, recorded: Recorded) -> str:
    sign = str(tree.op)
    if sign in {"and", "unless"} or (sign == "or" and _is_stopgap(tree.rhs)):
        return essence(tree.lhs, recorded)
    written = _share(tree, recorded) or [essence(tree.lhs, recorded), essence(tree.rhs, recorded)]
    if sign in COMMUTING:
        written.sort()
    if sign in COMPARING and tree.modifier is not None and tree.modifier.return_bool:
        sign += " bool"
    return f"({written[0]} {sign} {written[1]})"


def _share(tree: BinaryExpr, recorded: Recorded) -> list[str]:
    """Write the sides of a share, each a sum that may be scaled: it is as large, however many are summed."""
    found = [_summed(side) for side in (tree.lhs, tree.rhs)] if str(tree.op) == "/" else [None]
    written = [f"{factor:g} {essence(inner, recorded)}" for factor, inner in filter(None, found)]
    return written if None not in found else []


def _summed(tree: Expr) -> tuple[float, Expr] | None:
    """Give what a sum is taken of, and the number that it is multiplied by."""
    bare = _bare(tree)
    if isinstance(bare, AggregateExpr) and str(bare.op) == "sum":
        return 1.0, bare.expr
    if isinstance(bare, BinaryExpr) and str(bare.op) == "*":
        factor, inner = number(bare.lhs), _summed(bare.rhs)
        return None if factor is None or inner is None else (factor * inner[0], inner[1])
    return None


def _bare(tree: Expr) -> Expr:
    while isinstance(tree, ParenExpr):
        tree = tree.expr
    return tree


def _is_stopgap(tree: Expr) -> bool:
    """Whether it is a number that stands in where there is no series: `or vector(0)`, `or 0 * up`."""
    bare = _bare(tree)
    if isinstance(bare, BinaryExpr) and str(bare.op) == "*":
        return 0 in {number(bare.lhs), number(bare.rhs)}
    return isinstance(bare, Call) and bare.func.name == "vector"


def _called(tree: Call, recorded: Recorded) -> str:
    name = tree.func.name
    if name in DRESSING:
        return essence(tree.args[0], recorded)
    inner = ", ".join(essence(argument, recorded) for argument in tree.args)
    if name in PER_TIME:
        return f"{PER_TIME[name]}({inner})"
    window = next(
        (part.range for part in children(tree) if isinstance(part, MatrixSelector | SubqueryExpr)), None
    )
    return f"{name}({inner})" + (f"[{window.total_seconds():g}]" if window else "")
