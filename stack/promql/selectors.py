"""The series that an expression asks for, and whether a series is one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from promql_parser import Call, VectorSelector

from stack.matching import satisfies
from stack.promql.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr

__all__ = ["OPERATORS", "Condition", "Selector", "selectors"]

SEES_OTHERS = {"info"}
"""Functions that read series which stand nowhere in the expression."""
OPERATORS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
"""How the parser's names of operators are written; they have no hash of their own."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a label; `op` is one of = != =~ !~."""

    label: str
    op: str
    value: str

    def accepts(self, value: str) -> bool:
        """Say whether a label's value satisfies it; a label that is not there has an empty one."""
        return satisfies(self.op, self.value, value)


@dataclass(frozen=True, slots=True)
class Selector:
    """A selector.

    Args:
        name: the metric's name; None where it has none, so that it may read any.
        conditions: those on the labels, the name left out where it is plain.
    """

    name: str | None
    conditions: tuple[Condition, ...] = ()

    def may_read(self, name: str, labels: Mapping[str, str], *, whole: bool = True) -> bool:
        """Say whether it may read a series.

        Args:
            name: the metric's name.
            labels: the labels that are known.
            whole: whether there are no others.
        """
        if self.name is not None and self.name != name:
            return False
        known = {**labels, "__name__": name}
        return all(
            condition.accepts(known.get(condition.label, ""))
            for condition in self.conditions
            if whole or condition.label in known
        )

    def value_of(self, label: str) -> str | None:
        """Give the one value that a label must have, None where there is none."""
        return next((one.value for one in self.conditions if one.label == label and one.op == "="), None)


def selectors(tree: Expr) -> Iterator[Selector]:
    """Yield every selector; for a function that reads what it likes, one that may read anything."""
    for node in nodes(tree):
        if isinstance(node, VectorSelector):
            yield _selector(node)
        elif isinstance(node, Call) and node.func.name in SEES_OTHERS:
            yield Selector(None)


def _selector(node: VectorSelector) -> Selector:
    conditions = tuple(
        Condition(matcher.name, OPERATORS[str(matcher.op)], matcher.value)
        for matcher in node.matchers.matchers
    )
    plain = Selector(None, conditions).value_of("__name__")
    name = node.name or plain
    if node.matchers.or_matchers:  # one of several sets of conditions: none of them is certain
        return Selector(node.name or None)
    rest = conditions if name is None else tuple(one for one in conditions if one.label != "__name__")
    return Selector(name, rest)
