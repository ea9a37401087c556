"""What rules read and make, as far as their text says it for certain."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from stack.documents import mapping

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from promql_parser import Expr

    from pipelines.core.rules import Group, Rule
    from pipelines.rule_tests.ruleset import RuleFile
    from stack.promql.selectors import Selector

__all__ = ["OF_ALERTS", "Made", "Reading", "Rules"]

OF_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""The series that Prometheus writes of alerts itself."""
ASKS = re.compile(r"\{\{[^}]*\bquery\b")
"""A template of an alert that asks a query of its own."""


@dataclass
class Reading:
    """Reads expressions, each of them once.

    Args:
        syntax: gives an expression's syntax tree, None where our parser does not know it.
    """

    syntax: Callable[[str], Expr | None]
    _known: dict[str, tuple[Selector, ...] | None] = field(default_factory=dict, init=False, repr=False)

    def of(self, expression: str) -> tuple[Selector, ...] | None:
        """Give the selectors of an expression; None where it is not certain what it reads."""
        if expression not in self._known:
            from stack.promql.selectors import selectors  # brings the parser along

            tree = self.syntax(expression)
            found = None if tree is None else tuple(selectors(tree))
            nameless = found is None or any(one.name is None for one in found)
            self._known[expression] = None if nameless else found
        return self._known[expression]

    def of_rule(self, rule: Rule) -> tuple[Selector, ...] | None:
        """Give the selectors of a rule; None where it is not certain what it, or a template of it, reads."""
        told = (*rule.labels.values(), *rule.annotations.values())
        return None if any(ASKS.search(str(text)) for text in told) else self.of(rule.expression)


@dataclass(frozen=True, eq=False)
class Made:
    """One rule, and the labels that its series surely have."""

    rule: Rule
    group: Group
    labels: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of some files, by what they make."""

    files: tuple[RuleFile, ...]
    reading: Reading

    @cached_property
    def all(self) -> tuple[Made, ...]:
        """Every rule."""
        groups = (group for file in self.files for group in file.groups)
        return tuple(Made(rule, group, _labels(rule, group)) for group in groups for rule in group.rules)

    @cached_property
    def records(self) -> Mapping[str, list[Made]]:
        """The recording ones, by the series' name."""
        return _by_name(made for made in self.all if made.rule.kind == "record")

    @cached_property
    def alerts(self) -> Mapping[str, list[Made]]:
        """The alerting ones, by name."""
        return _by_name(made for made in self.all if made.rule.kind == "alert")

    @cached_property
    def grounds(self) -> Mapping[Made, tuple[Made, ...]]:
        """The rules that each rule reads, as far as it is certain."""
        return {
            made: tuple(
                one for selector in self.reading.of_rule(made.rule) or () for one in self.behind(selector)
            )
            for made in self.all
        }

    @cached_property
    def readers(self) -> Mapping[str, list[tuple[Made, Selector]]]:
        """The rules that read a series, and how they ask for it, by its name."""
        found: dict[str, list[tuple[Made, Selector]]] = defaultdict(list)
        for made in self.all:
            for selector in self.reading.of_rule(made.rule) or ():
                found[selector.name or ""].append((made, selector))
        return dict(found)

    def behind(self, selector: Selector) -> list[Made]:
        """Give the rules whose series a selector may read."""
        if selector.name in OF_ALERTS:
            every = (made for alerts in self.alerts.values() for made in alerts)
            return [made for made in every if selector.may_read(selector.name, made.labels, whole=False)]
        found = self.records.get(selector.name or "", ())
        return [made for made in found if selector.may_read(made.rule.name, made.labels, whole=False)]


def _labels(rule: Rule, group: Group) -> dict[str, str]:
    """Give the labels that are certain; what a template fills in is not, nor what YAML takes for no text."""
    given = {**mapping(group.body.get("labels")), **rule.labels}
    known = {
        str(name): value for name, value in given.items() if isinstance(value, str) and "{{" not in value
    }
    return known | ({"alertname": rule.name} if rule.kind == "alert" else {})


def _by_name(made: Iterable[Made]) -> dict[str, list[Made]]:
    found: dict[str, list[Made]] = defaultdict(list)
    for one in made:
        found[one.rule.name].append(one)
    return dict(found)
