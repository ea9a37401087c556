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

    from pipelines.core.rules import Group, Rule, RuleFile
    from stack.promql.selectors import Selector

__all__ = ["OF_ALERTS", "Made", "Reading", "Rules"]

OF_ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""The series that Prometheus writes of alerts itself."""
ASKS = re.compile(r"\{\{[^}]*\bquery\b")
"""A template of an alert that asks a query of its own."""
FROM_NOTHING = re.compile(
    r"\b(?:absent|absent_over_time|scalar|vector)\b"
    r"|\b(?!(?:by|without|on|ignoring|group_left|group_right)\b)\w+\s*\(\s*\)"
)
"""Functions that have a result where there are no series."""


@dataclass
class Reading:
    """Reads expressions, each of them once.

    Args:
        syntax: gives an expression's syntax tree, None where our parser does not know it.
    """

    syntax: Callable[[str], Expr | None]
    _known: dict[str, tuple[Selector, ...] | None] = field(default_factory=dict, init=False, repr=False)
    _rules: dict[tuple[RuleFile, ...], Rules] = field(default_factory=dict, init=False, repr=False)

    def rules(self, files: tuple[RuleFile, ...]) -> Rules:
        """Give the rules of some files, read once whoever asks."""
        return self._rules.setdefault(files, Rules(files, self))

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
    """One rule, and what is certain of its series.

    Args:
        rule: the rule.
        group: its group.
        labels: the labels whose value is known, the same on all of them.
        sets: the labels that the rule, or its group, sets, whatever their values.
    """

    rule: Rule
    group: Group
    labels: Mapping[str, str]
    sets: frozenset[str]


@dataclass(frozen=True, eq=False)
class Rules:
    """The rules of some files, by what they make."""

    files: tuple[RuleFile, ...]
    reading: Reading

    @cached_property
    def all(self) -> tuple[Made, ...]:
        """Every rule."""
        groups = (group for file in self.files for group in file.groups)
        return tuple(self._made(rule, group) for group in groups for rule in group.rules)

    def _made(self, rule: Rule, group: Group) -> Made:
        """Say what is certain of a rule; not what a template fills in, nor what YAML takes for no text."""
        from stack.promql.pinned import pinned  # brings the parser along

        tree = self.reading.syntax(rule.expression)
        named = {"alertname": rule.name} if rule.kind == "alert" else {}
        given = {**mapping(group.body.get("labels")), **rule.labels, **named}
        certain = {} if tree is None else dict(pinned(tree))
        certain |= {str(name): value for name, value in given.items() if _is_plain(value)}
        unsure = {str(name) for name, value in given.items() if not _is_plain(value)}
        labels = {name: value for name, value in certain.items() if name not in unsure}
        return Made(rule, group, labels, frozenset(map(str, given)))

    @cached_property
    def reads(self) -> Mapping[Made, tuple[Selector, ...] | None]:
        """What each rule asks for; None where it is not certain."""
        return {made: self.reading.of_rule(made.rule) for made in self.all}

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
            made: tuple(one for selector in selectors or () for one in self.behind(selector))
            for made, selectors in self.reads.items()
        }

    @cached_property
    def followers(self) -> Mapping[Made, list[Made]]:
        """The rules that read what a rule makes."""
        found: dict[Made, list[Made]] = defaultdict(list)
        for made, grounds in self.grounds.items():
            for ground in grounds:
                found[ground].append(made)
        return dict(found)

    @cached_property
    def independent(self) -> frozenset[Made]:
        """The rules that can have a result without any series, and those of which one cannot say."""
        return frozenset(
            made
            for made, selectors in self.reads.items()
            if not selectors or FROM_NOTHING.search(made.rule.expression)
        )

    @cached_property
    def readers(self) -> Mapping[str, list[tuple[Made, Selector]]]:
        """The rules that read a series, and how they ask for it, by its name."""
        found: dict[str, list[tuple[Made, Selector]]] = defaultdict(list)
        for made, selectors in self.reads.items():
            for selector in selectors or ():
                found[selector.name or ""].append((made, selector))
        return dict(found)

    def behind(self, selector: Selector) -> list[Made]:
        """Give the rules whose series a selector may read."""
        if selector.name in OF_ALERTS:
            every = (made for alerts in self.alerts.values() for made in alerts)
            return [made for made in every if selector.may_read(selector.name, made.labels, whole=False)]
        found = self.records.get(selector.name or "", ())
        return [made for made in found if selector.may_read(made.rule.name, made.labels, whole=False)]


def _is_plain(value: object) -> bool:
    return isinstance(value, str) and "{{" not in value


def _by_name(made: Iterable[Made]) -> dict[str, list[Made]]:
    found: dict[str, list[Made]] = defaultdict(list)
    for one in made:
        found[one.rule.name].append(one)
    return dict(found)
