"""Which queries follow a choice of the viewer's, by its variable or by others that rest on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promql_parser import BinaryExpr, LabelModifierType, VectorSelector

from stack.dashboards.templating import by_name, query_of
from stack.promql.asked import matchers_of
from stack.promql.labels import is_single, labels_of
from stack.promql.syntax import children
from stack.promql.variables import variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from promql_parser import Expr

    from stack.promql.labels import Labels

    Leaf = Callable[[VectorSelector], Labels]

__all__ = ["CHOSEN", "followers", "strays"]

CHOSEN = "__chosen__"
"""Stands for the value of a variable that follows the choice."""


def followers(model: Mapping[str, Any], name: str) -> frozenset[str]:
    """Name a variable and those whose values rest on it; none where the dashboard has no such variable.

    One that may stand for every value there is, by an `allValue` of its own, rests on nothing.
    """
    made = by_name(model)
    found = {name} & made.keys()
    while more := {other for other in made.keys() - found if _rests(made[other], found)}:
        found |= more
    return frozenset(found)


def _rests(variable: Mapping[str, Any], on: set[str]) -> bool:
    everything = variable.get("includeAll") and variable.get("allValue")
    return variable.get("type") == "query" and not everything and bool(variables(query_of(variable)) & on)


def strays(tree: Expr, label: str, leaf: Leaf) -> Iterator[str]:
    """Name the series of an expression that do not follow the choice, the text `CHOSEN` standing for it.

    Args:
        tree: the expression.
        label: the label whose values are chosen.
        leaf: the labels of what a selector reads: what surely lacks the label need not follow.
    """
    if isinstance(tree, VectorSelector):
        if not _chosen(tree) and not leaf(tree).lack(label):
            yield str(tree.name or tree)
    elif isinstance(tree, BinaryExpr):
        yield from _of_pair(tree, label, leaf)
    else:
        for child in children(tree):
            yield from strays(child, label, leaf)


def _chosen(selector: VectorSelector) -> bool:
    return CHOSEN in (selector.name or "") or any(CHOSEN in one.value for one in matchers_of(selector))


def _meets(tree: BinaryExpr, label: str, leaf: Leaf) -> bool:
    """Whether the two sides give a result only where they agree in the label."""
    if str(tree.op) == "or" or is_single(tree.lhs) or is_single(tree.rhs):
        return False
    matching = tree.modifier.matching if tree.modifier is not None else None
    if matching and (label in matching.labels) is not (matching.type == LabelModifierType.Include):
        return False
    return not any(labels_of(side, leaf).lack(label) for side in (tree.lhs, tree.rhs))


def _of_pair(tree: BinaryExpr, label: str, leaf: Leaf) -> list[str]:
    """Give the strays of two sides; where they agree in the label and one follows, the other one does."""
    left, right = list(strays(tree.lhs, label, leaf)), list(strays(tree.rhs, label, leaf))
    if not (left or right) or not _meets(tree, label, leaf):
        return [*left, *right]
    return left if right or str(tree.op) == "unless" else []
