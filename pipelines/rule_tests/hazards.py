"""Rules that a test does not ask for, but that could fail on its series: promtool fails the test then."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.rule_tests.reading import OF_ALERTS
from pipelines.rule_tests.series import read_by, series_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from promql_parser import Expr

    from pipelines.rule_tests.reading import Made, Rules
    from pipelines.rule_tests.ruleset import RuleTest
    from pipelines.rule_tests.series import SeriesByName

__all__ = ["hazards"]

FROM_NOTHING = re.compile(r"\b(?:absent|absent_over_time|vector|time|scalar|pi)\b")
"""Functions that have a result where there are no series."""
SETS = {"and", "or", "unless"}
RELABELLERS = {"label_replace", "label_join"}
ABSENT = {"absent", "absent_over_time"}


def hazards(test: RuleTest, rules: Rules, named: Collection[Made]) -> list[Made] | None:
    """Give the rules that see series of a test and could fail on them; None where that cannot be told."""
    series = series_of(test, rules.reading)
    if series is None:
        return None
    sight = _Sight(rules, series)
    others = [made for made in rules.all if made not in named]
    seeing = [made for made in others if sight.of(made).anything]
    if any(rules.reading.of_rule(made.rule) is None for made in seeing):
        return None
    return [made for made in seeing if _could_fail(made, sight)]


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a rule sees: values of labels on the series, by label, and whether there is anything at all."""

    anything: bool
    series: frozenset[int] = frozenset()
    records: frozenset[Made] = frozenset()


NOTHING = _Seen(anything=False)


@dataclass
class _Sight:
    """What each rule sees of a test's series, straight or by way of recordings."""

    rules: Rules
    series: SeriesByName
    _known: dict[Made, _Seen] = field(default_factory=dict)

    def of(self, made: Made) -> _Seen:
        if made not in self._known:
            self._known[made] = (
                NOTHING  # while it is looked at: a rule that rests on itself has no other ground
            )
            self._known[made] = self._look(made)
        return self._known[made]

    def _look(self, made: Made) -> _Seen:
        read = self.rules.reading.of_rule(made.rule)
        if read is None:
            return _Seen(anything=True)
        series = frozenset(one.at for selector in read for one in read_by(selector, self.series))
        behind = {one: self.of(one) for selector in read for one in self.rules.behind(selector)}
        alive = {one: seen for one, seen in behind.items() if seen.anything}
        return _Seen(
            anything=bool(series or alive or not read or FROM_NOTHING.search(made.rule.expression)),
            series=series.union(*(seen.series for seen in alive.values())),
            records=frozenset(alive).union(*(seen.records for seen in alive.values())),
        )

    def values(self, made: Made, label: str) -> set[str]:
        """Give the values of a label on what a rule sees."""
        seen = self.of(made)
        every = (one for some in self.series.values() for one in some if one.at in seen.series)
        own = {one.labels.get(label, "") for one in every}
        return own | {record.labels[label] for record in seen.records if label in record.labels}


def _could_fail(made: Made, sight: _Sight) -> bool:
    """Say whether a rule's evaluation could fail: on what it computes, or on what it writes."""
    tree = sight.rules.reading.syntax(made.rule.expression)
    labels = made.labels if made.rule.kind == "record" else {*made.labels} - {"alertname"}
    return (
        "limit" in made.group.body
        or tree is None
        or _is_delicate(tree)
        or any(len(sight.values(made, label)) > 1 for label in labels)
        or (made.rule.kind == "record" and _is_written_twice(made, sight))
    )


def _is_written_twice(made: Made, sight: _Sight) -> bool:
    """Say whether another series with a recording's name is there."""
    name = made.rule.name
    others = (one for one in sight.rules.records.get(name, ()) if one is not made)
    return name in sight.series or name in OF_ALERTS or any(sight.of(one).anything for one in others)


def _is_delicate(tree: Expr) -> bool:
    """Say whether an expression matches vectors, changes labels, or computes its own parameters."""
    from promql_parser import AggregateExpr, BinaryExpr, Call, NumberLiteral, StringLiteral

    from stack.promql.labels import is_single
    from stack.promql.syntax import nodes

    for node in nodes(tree):
        if isinstance(node, BinaryExpr) and str(node.op) not in SETS:
            if not (is_single(node.lhs) or is_single(node.rhs)):
                return True
        elif isinstance(node, AggregateExpr):
            if not isinstance(node.param, NumberLiteral | StringLiteral | None):
                return True
        elif isinstance(node, Call) and node.func.name in RELABELLERS and not _is_absence(node.args[0]):
            return True
    return False


def _is_absence(tree: Expr) -> bool:
    from promql_parser import Call

    return isinstance(tree, Call) and tree.func.name in ABSENT
