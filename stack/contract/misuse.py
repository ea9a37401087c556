"""What is done with a metric that its type is not made for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promql_parser import (
    BinaryExpr,
    Call,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    UnaryExpr,
    VectorSelector,
)

from stack.contract.faults import Fault, Kind
from stack.promql.asked import metric_names
from stack.promql.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from stack.contract.scope import Scope

__all__ = ["misuses"]

OF_COUNTERS = frozenset({"increase", "irate", "rate", "resets"})
OF_GAUGES = frozenset({"delta", "deriv", "idelta", "predict_linear"})
QUANTILES = frozenset({"histogram_fraction", "histogram_quantile"})
COMPARISONS = frozenset({"==", "!=", "<", "<=", ">", ">="})


def misuses(tree: Expr, scope: Scope) -> Iterator[Fault]:
    """Yield each use that gives a number without a meaning.

    Source: https://prometheus.io/docs/prometheus/latest/querying/functions/
    """
    for node in nodes(tree):
        if isinstance(node, Call):
            yield from _of_call(node, scope)
        elif isinstance(node, BinaryExpr) and str(node.op) in COMPARISONS:
            yield from _of_comparison(node, scope)


def _of_call(node: Call, scope: Scope) -> Iterator[Fault]:
    name = node.func.name
    if name in QUANTILES:
        yield from _of_quantile(node, scope)
    window = node.args[0] if node.args else None
    if not isinstance(window, MatrixSelector):
        return
    kinds, metric = scope.kinds(window.vector_selector), _name(window.vector_selector)
    if name in OF_COUNTERS and kinds == {"gauge"}:
        hint = "`delta` or `deriv` say how a gauge has changed"
        yield _odd(f"'{name}' takes each fall of the gauge '{metric}' for a restart", hint)
    elif name in OF_GAUGES and kinds == {"counter"}:
        hint = "`increase` or `rate` allow for restarts"
        yield _odd(f"'{name}' takes a restart of the counter '{metric}' for a fall", hint)


def _of_quantile(node: Call, scope: Scope) -> Iterator[Fault]:
    """Yield a quantile of what surely has no buckets."""
    read = [leaf for leaf in nodes(node.args[-1]) if isinstance(leaf, VectorSelector)]
    kinds = [scope.kinds(leaf) for leaf in read]
    if read and all(found and not found & {"bucket", "histogram", "untyped"} for found in kinds):
        names = " and ".join(sorted({f"'{_name(leaf)}'" for leaf in read}))
        yield _odd(
            f"'{node.func.name}' needs buckets, and {names} has none", "it gives nothing, without an error"
        )


def _of_comparison(node: BinaryExpr, scope: Scope) -> Iterator[Fault]:
    """Yield a counter that is held against a number; whether it ever counted, `> 0`, may be asked."""
    for side, other in ((node.lhs, node.rhs), (node.rhs, node.lhs)):
        selector, number = _bare(side), _bare(other)
        if (
            not isinstance(selector, VectorSelector)
            or not isinstance(number, NumberLiteral)
            or not number.val
        ):
            continue
        if scope.kinds(selector) == {"counter"}:
            hint = "ask how much it grew: `increase(…[5m])`"
            yield _odd(
                f"the counter '{_name(selector)}' is compared with {number.val:g}: it only grows", hint
            )


def _bare(tree: Expr) -> Expr:
    while isinstance(tree, ParenExpr | UnaryExpr):
        tree = tree.expr
    return tree


def _name(selector: VectorSelector) -> str:
    return " and ".join(metric_names(selector))


def _odd(summary: str, hint: str) -> Fault:
    return Fault(summary, hint, Kind.ODD)
