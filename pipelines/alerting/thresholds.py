"""The numbers that an alert compares with, and the values of the environment that they come from."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from pipelines.alerting.rhythm import subject
from stack.references import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule

__all__ = ["Threshold", "thresholds"]

REFERENCE = re.compile(r"\$\{\{\s*(env\.[\w.]+)\s*\}\}")


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
    from stack.promql.comparisons import comparison  # brings the parser along
    from stack.promql.syntax import nodes

    tree = inspection.syntax(rule.expression)
    names = dict(_named(rule, inspection))
    for found in filter(None, map(comparison, nodes(tree) if tree else ())):
        compared = " ".join(found.compared.prettify().split())
        yield Threshold(compared, found.sign, found.number, names.get(found.number, ""))


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
