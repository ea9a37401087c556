"""What a PromQL syntax tree says for certain of the labels of its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promql_parser import (
    AggModifierType,
    AggregateExpr,
    BinaryExpr,
    Call,
    LabelModifierType,
    MatrixSelector,
    NumberLiteral,
    ParenExpr,
    StringLiteral,
    SubqueryExpr,
    UnaryExpr,
    VectorMatchCardinality,
    VectorSelector,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from promql_parser import AggModifier, BinModifier, Expr

    Leaf = Callable[[VectorSelector], "Labels"]

__all__ = ["Labels", "is_single", "labels_of"]

CHOOSERS = {"topk", "bottomk", "limitk", "limit_ratio"}
MAKERS = {"absent", "absent_over_time", "info", "vector"}
RELABELLERS = {"label_replace", "label_join"}
SCALARS = {"pi", "scalar", "time"}


@dataclass(frozen=True, slots=True)
class Labels:
    """What is certain of a result's labels.

    Args:
        only: the only ones it can have, None where it may have any.
        never: the ones it surely lacks.
    """

    only: frozenset[str] | None = None
    never: frozenset[str] = frozenset()

    def lack(self, name: str) -> bool:
        """Whether the result surely lacks a label."""
        return name in self.never or (self.only is not None and name not in self.only)

    def by(self, names: Iterable[str]) -> Labels:
        """Keep these labels and no other."""
        return Labels(frozenset(name for name in names if not self.lack(name)))

    def without(self, names: Iterable[str]) -> Labels:
        """Drop these labels."""
        gone = frozenset(names)
        return Labels(None if self.only is None else self.only - gone, self.never | gone)

    def plus(self, names: Iterable[str]) -> Labels:
        """Add labels that may be there."""
        added = frozenset(names)
        return Labels(None if self.only is None else self.only | added, self.never - added)

    def both(self, other: Labels) -> Labels:
        """Give the labels of what both sides have."""
        if self.only is None or other.only is None:
            only = self.only if other.only is None else other.only
        else:
            only = self.only & other.only
        return Labels(only, self.never | other.never)

    def either(self, other: Labels) -> Labels:
        """Give the labels of what one side or the other has."""
        if self.only is not None and other.only is not None:
            return Labels(self.only | other.only)
        named = self.never | other.never
        return Labels(never=frozenset(name for name in named if self.lack(name) and other.lack(name)))


def _any(selector: VectorSelector) -> Labels:
    del selector
    return Labels()


def labels_of(tree: Expr, leaf: Leaf = _any) -> Labels:
    """Tell which labels a result surely lacks.

    Args:
        tree: the expression.
        leaf: the labels of what a selector reads; every one may be there unless it says otherwise.

    Source: https://prometheus.io/docs/prometheus/latest/querying/operators/
    """
    if isinstance(tree, AggregateExpr):
        return _aggregated(tree, leaf)
    if isinstance(tree, BinaryExpr):
        return _combined(tree, leaf)
    if isinstance(tree, Call):
        return _called(tree, leaf)
    if isinstance(tree, ParenExpr | UnaryExpr | SubqueryExpr):
        return labels_of(tree.expr, leaf)
    if isinstance(tree, VectorSelector | MatrixSelector):
        return leaf(tree.vector_selector if isinstance(tree, MatrixSelector) else tree)
    return Labels()


def _aggregated(tree: AggregateExpr, leaf: Leaf) -> Labels:
    inner = labels_of(tree.expr, leaf)
    if str(tree.op) in CHOOSERS:
        return inner
    kept = _grouped(inner, tree.modifier)
    if str(tree.op) == "count_values" and isinstance(tree.param, StringLiteral):
        return kept.plus([tree.param.val])
    return kept


def _grouped(inner: Labels, modifier: AggModifier | None) -> Labels:
    if modifier is None:
        return inner.by(())
    if modifier.type == AggModifierType.By:
        return inner.by(modifier.labels)
    return inner.without(modifier.labels)


def _called(tree: Call, leaf: Leaf) -> Labels:
    name = tree.func.name
    vectors = [argument for argument in tree.args if not is_single(argument)]
    if name in MAKERS or not vectors:
        return Labels()
    inner = labels_of(vectors[0], leaf)
    if name == "histogram_quantile":
        return inner.without(["le"])
    if name in RELABELLERS and len(tree.args) > 1 and isinstance(tree.args[1], StringLiteral):
        return inner.plus([tree.args[1].val])
    return inner


def is_single(tree: Expr) -> bool:
    """Whether an expression is a number or a text, without labels of its own."""
    if isinstance(tree, BinaryExpr):
        return is_single(tree.lhs) and is_single(tree.rhs)
    if isinstance(tree, ParenExpr | UnaryExpr):
        return is_single(tree.expr)
    return isinstance(tree, NumberLiteral | StringLiteral) or (
        isinstance(tree, Call) and tree.func.name in SCALARS
    )


def _combined(tree: BinaryExpr, leaf: Leaf) -> Labels:
    if is_single(tree.lhs) or is_single(tree.rhs):
        return labels_of(tree.rhs if is_single(tree.lhs) else tree.lhs, leaf)
    left, right = labels_of(tree.lhs, leaf), labels_of(tree.rhs, leaf)
    if str(tree.op) in {"and", "unless"}:
        return left
    if str(tree.op) == "or":
        return left.either(right)
    return _matched(left, right, tree.modifier)


def _matched(left: Labels, right: Labels, modifier: BinModifier | None) -> Labels:
    if modifier is None:
        return left.both(right)
    if modifier.card == VectorMatchCardinality.ManyToOne:
        return left.plus(modifier.group_labels or ())
    if modifier.card == VectorMatchCardinality.OneToMany:
        return right.plus(modifier.group_labels or ())
    pair = left.both(right)
    if modifier.matching is None:
        return pair
    if modifier.matching.type == LabelModifierType.Include:
        # Without a side that counts for more, the result has the labels that were compared, and no other.
        return pair.by(modifier.matching.labels)
    return pair.without(modifier.matching.labels)
