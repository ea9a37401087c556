"""The numbers at which alerts fire, by what they measure."""

from __future__ import annotations

from collections import defaultdict
from math import isclose
from typing import TYPE_CHECKING, NamedTuple

from pipelines.core.survey import survey
from stack.promql.comparisons import deciding
from stack.promql.essence import essence, followed
from stack.promql.selectors import selectors
from stack.promql.variables import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule
    from stack.promql.essence import Recorded
    from stack.promql.selectors import Condition

__all__ = ["Limit", "conditions", "limits", "recorded"]

LIMITING = frozenset({">", ">=", "<", "<="})


class Limit(NamedTuple):
    """What an alert compares with: its name, how, with what number, and which series alone it looks at."""

    alert: str
    sign: str
    number: float
    conditions: frozenset[Condition]

    def is_met(self, step: float) -> bool:
        """Say whether a panel turns where the alert fires; a step counts from its own number on.

        Above a whole number the next one will do, and above nothing the least part of it.
        """
        if self.sign in {">", "<="} and self.number.is_integer():
            return isclose(step, self.number + 1) or isclose(step, self.number) or self.number == 0 < step < 1
        return isclose(step, self.number)


def limits(inspection: Inspection) -> Mapping[str, list[Limit]]:
    """Give what alerts compare with a number, by the essence of what they compare."""
    return inspection.once("limits", lambda: _limits(inspection))


def recorded(inspection: Inspection) -> Recorded:
    """Give what each recording rule evaluates; nothing of a name that several rules record."""
    return inspection.once("recorded", lambda: dict(_recorded(inspection)))


def conditions(tree: Expr, made: Recorded) -> frozenset[Condition]:
    """Give the conditions that are certain of the series of an expression, and of what it has recorded."""
    found: set[Condition] = set()
    for selector in selectors(tree):
        found |= {one for one in selector.conditions if UNKNOWN not in one.value}
        name = selector.name or ""
        if (inner := made.get(name)) is not None:
            found |= conditions(inner, followed(name, made))
    return frozenset(found)


def _recorded(inspection: Inspection) -> Iterator[tuple[str, Expr]]:
    surveyed = survey(inspection)
    for name, rules in {**surveyed.idle, **surveyed.recorded}.items():
        if len(rules) == 1 and rules[0].tree is not None:
            yield name, rules[0].tree


def _limits(inspection: Inspection) -> dict[str, list[Limit]]:
    found: dict[str, list[Limit]] = defaultdict(list)
    for rule in _alerts(inspection):
        tree = inspection.syntax(rule.expression)
        for one in deciding(tree) if tree is not None else ():
            if one.sign in LIMITING:
                only = conditions(one.compared, recorded(inspection))
                limit = Limit(rule.name, one.sign, one.number, only)
                found[essence(one.compared, recorded(inspection))].append(limit)
    return found


def _alerts(inspection: Inspection) -> Iterator[Rule]:
    yield from inspection.alerts
    for file in (*inspection.idle_files, *inspection.left_out_files):
        yield from file.alerts
