"""Alerts that are a little wrong: a test that names an alert must not pass on one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.duration import seconds
from stack.promql.mutations import edits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promql_parser import Expr

    from pipelines.core.rules import Rule
    from pipelines.rule_tests.cuts import Change

__all__ = ["Mutant", "mutants_of"]

UNHEARD = "unheard-of"


@dataclass(frozen=True, eq=False)
class Mutant:
    """One alert, changed in one place.

    Args:
        rule: the alert as it should be.
        name: which mutant it is, the same in every environment: `threshold 1 raised`.
        was: what stands in the rule.
        becomes: what the mutant has instead.
        change: the fields that are other.
    """

    rule: Rule
    name: str
    was: str
    becomes: str
    change: Change

    def line(self) -> str:
        """Say what is other."""
        return f"{self.name}: `{self.was}` becomes `{self.becomes}`" if self.was else self.name


def mutants_of(rule: Rule, syntax: Callable[[str], Expr | None]) -> Iterator[Mutant]:
    """Yield an alert's mutants: comparisons, thresholds, alternatives, how long it waits, how bad it is.

    Args:
        rule: the alert.
        syntax: gives an expression's syntax tree; what is none, or says the same, is no mutant.
    """
    yield from _of_expression(rule, syntax)
    yield from _of_waiting(rule)
    never = f"({rule.expression}\n) and on () vector(0) == 1"
    yield Mutant(rule, "never fires", "", "", {("expr",): never})
    severity = str(rule.labels.get("severity", ""))
    yield Mutant(rule, "another severity", severity, UNHEARD, {("labels", "severity"): UNHEARD})


def _of_expression(rule: Rule, syntax: Callable[[str], Expr | None]) -> Iterator[Mutant]:
    meant = syntax(rule.expression)
    for edit in edits(rule.expression):
        changed = edit.of(rule.expression)
        tree = syntax(changed)
        if meant is None or (tree is not None and str(tree) != str(meant)):
            was = " ".join(rule.expression[edit.start : edit.end].split())
            yield Mutant(rule, edit.name, was, edit.text or "nothing", {("expr",): changed})


def _of_waiting(rule: Rule) -> Iterator[Mutant]:
    text = str(rule.body.get("for") or "0")
    try:
        waits = seconds(text)
    except ValueError:
        return
    if waits:
        twice = f"{round(waits * 2000)}ms"
        yield Mutant(rule, "for dropped", text, "0s", {("for",): None})
        yield Mutant(rule, "for doubled", text, twice, {("for",): twice})
