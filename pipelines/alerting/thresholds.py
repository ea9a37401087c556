"""The numbers that an alert compares with, and the values of the environment that they come from."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pipelines.alerting.rhythm import subject
from stack.references import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule

__all__ = ["Threshold", "thresholds"]

REFERENCE = re.compile(r"\$\{\{\s*(env\.[\w.]+)\s*\}\}")
COMPARING = {"==", "!=", ">", "<", ">=", "<="}
TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


class Threshold(NamedTuple):
    """A comparison with a number.

    Args:
        compared: the expression that is compared.
        sign: how.
        number: with what.
        source: the value that the number comes from, `env.values.cpu_percent`; empty where it is written out.
    """

    compared: str
    sign: str
    number: float
    source: str


def thresholds(rule: Rule, inspection: Inspection) -> Iterator[Threshold]:
    """Yield every comparison of a rule's expression with a number, in the order in which they are written."""
    from stack.promql.syntax import nodes  # brings the parser along

    tree = inspection.syntax(rule.expression)
    names = dict(_named(rule, inspection))
    for compared, sign, number in filter(None, map(_comparison, nodes(tree) if tree else ())):
        yield Threshold(compared, sign, number, names.get(number, ""))


def _comparison(node: Expr) -> tuple[str, str, float] | None:
    from promql_parser import BinaryExpr

    if not isinstance(node, BinaryExpr) or str(node.op) not in COMPARING:
        return None
    sign, left, right = str(node.op), _number(node.lhs), _number(node.rhs)
    if right is not None:
        return " ".join(node.lhs.prettify().split()), sign, right
    if left is not None:
        return " ".join(node.rhs.prettify().split()), TURNED.get(sign, sign), left
    return None


def _number(node: Expr) -> float | None:
    from promql_parser import NumberLiteral, ParenExpr, UnaryExpr

    if isinstance(node, ParenExpr):
        return _number(node.expr)
    if isinstance(node, UnaryExpr):
        inner = _number(node.expr)
        return None if inner is None else -inner
    return float(node.val) if isinstance(node, NumberLiteral) else None


def _named(rule: Rule, inspection: Inspection) -> Iterator[tuple[float, str]]:
    """Yield the numbers that values of the environment have become, within the lines of a rule."""
    stack = inspection.stack
    source = {**stack.idle_rules, **stack.rules}.get(subject(rule.file))
    for name in REFERENCE.findall(_lines(rule, inspection, source.read_text())) if source else ():
        with suppress(ValueError):  # a value that is no number
            yield float(fill(f"${{{{ {name} }}}}", stack.environment)), name


def _lines(rule: Rule, inspection: Inspection, text: str) -> str:
    """Give the lines of a rule; those of a file that is not loaded are all of it."""
    path, (*outer, at) = f"prometheus/{rule.file}", rule.steps
    if path not in inspection.tree.files:
        return text
    first = inspection.line(path, rule.steps)
    following = inspection.line(path, (*outer, int(at) + 1))
    last = following - 1 if following > first else len(text.splitlines())
    return "\n".join(text.splitlines()[first - 1 : last])
