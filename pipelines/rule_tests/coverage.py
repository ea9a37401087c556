"""What tests show of each rule: that an alert fires and when it is silent, and what is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.rule_tests.presence import Presence
from pipelines.rule_tests.reading import OF_ALERTS, Reading, Rules
from pipelines.rule_tests.series import series_of
from pipelines.rule_tests.sight import sight_of
from stack.documents import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from promql_parser import Expr

    from pipelines.core.rules import Rule
    from pipelines.rule_tests.reading import Made
    from pipelines.rule_tests.ruleset import Expectation, Ruleset, RuleTest
    from pipelines.rule_tests.sight import Sight
    from stack.promql.selectors import Selector

__all__ = ["EVALUATED", "FIRES", "SILENT", "Covered", "coverage", "untested"]

FIRES = "no test expects this alert to fire"
SILENT = "no test expects this alert to be silent while its series are there"
EVALUATED = "no expression of a test asks for this recording"
NAMING = ("alertname", "alertstate")


@dataclass(frozen=True, eq=False)
class Covered:
    """A rule, and what no test shows of it: nothing where it is covered."""

    rule: Rule
    lacks: tuple[str, ...]


def coverage(ruleset: Ruleset, syntax: Callable[[str], Expr | None]) -> list[Covered]:
    """Say of each rule of a file that has tests what they do not show.

    Args:
        ruleset: the rules and their tests.
        syntax: gives an expression's syntax tree, None where our parser does not know it.
    """
    reading = Reading(syntax)
    shown: set[tuple[int, str]] = set()
    for suite in ruleset.suites:
        rules = reading.rules(suite.files)
        shown |= {(id(made.rule), what) for test in suite.tests for made, what in _shown(test, rules)}
    tested = {file.name for suite in ruleset.suites for file in suite.files}
    return [_covered(rule, shown) for rule in ruleset.rules if rule.file in tested]


def _covered(rule: Rule, shown: set[tuple[int, str]]) -> Covered:
    wanted = (FIRES, SILENT) if rule.kind == "alert" else (EVALUATED,)
    return Covered(rule, tuple(what for what in wanted if (id(rule), what) not in shown))


@dataclass(frozen=True, slots=True)
class _Told:
    """What an expectation says of a rule, and the labels of the alerts that it expects."""

    made: Made
    what: str
    alerts: Sequence[Mapping[str, object]] = ()


def _shown(test: RuleTest, rules: Rules) -> Iterator[tuple[Made, str]]:
    """Yield what one test shows, and of which rule."""
    series = series_of(test, rules.reading)
    presence = Presence(rules, series)
    sight = None if series is None else sight_of(rules, series)
    for expectation in test.expectations:
        told = _of_alert(expectation, rules) if expectation.alert else _of_expression(expectation, rules)
        for one in told:
            if one.what != SILENT or presence.of(one.made):
                yield one.made, one.what
            if one.what == FIRES and sight and _spares(one, sight):
                yield one.made, SILENT


def _spares(told: _Told, sight: Sight) -> bool:
    """Say whether beside the alerts that are expected there is a series that none of them is about."""
    return any(
        all(_differ(series.labels, labels) for labels in told.alerts) for series in sight.all(told.made)
    )


def _differ(labels: Mapping[str, str], others: Mapping[str, object]) -> bool:
    return any(str(others[name]) != value for name, value in labels.items() if name in others)


def _of_alert(expectation: Expectation, rules: Rules) -> Iterator[_Told]:
    expected = [mapping(one.get("exp_labels")) for _, one in mappings(expectation.body.get("exp_alerts"))]
    for made in rules.alerts.get(expectation.alert, ()):
        own = [labels for labels in expected if _agree(made, labels)]
        yield _Told(made, FIRES if own else SILENT, own)


def _of_expression(expectation: Expectation, rules: Rules) -> Iterator[_Told]:
    samples = [str(one.get("labels")) for _, one in mappings(expectation.body.get("exp_samples"))]
    for selector in rules.reading.of(expectation.expression) or ():
        for made in rules.behind(selector):
            if selector.name not in OF_ALERTS:
                yield from [_Told(made, EVALUATED)] if samples else ()
            else:
                yield from _of_alerts(made, selector, [_labels(one, rules) for one in samples])


def _of_alerts(made: Made, selector: Selector, samples: Sequence[Mapping[str, str]]) -> Iterator[_Told]:
    """Yield what a question for ALERTS says of an alert: where the answer, or else the question, names it."""
    asked = {name: value for name in NAMING if (value := selector.value_of(name)) is not None}
    firing = [labels for labels in samples if {**asked, **labels}.items() >= _firing(made).items()]
    if firing:
        yield _Told(made, FIRES, firing)
    elif not samples and "alertname" in asked:
        yield _Told(made, SILENT)


def _firing(made: Made) -> dict[str, str]:
    return {"alertname": made.rule.name, "alertstate": "firing"}


def _labels(sample: str, rules: Rules) -> dict[str, str]:
    """Read the labels of a sample that is expected."""
    found = rules.reading.syntax(sample)
    matchers = getattr(getattr(found, "matchers", None), "matchers", ())
    return {matcher.name: matcher.value for matcher in matchers}


def _agree(made: Made, labels: Mapping[str, object]) -> bool:
    """Say whether an alert that is expected can be one of this rule, and not of another with its name."""
    known = {name: value for name, value in made.labels.items() if name != "alertname"}
    return all(str(labels.get(name, "")) == value for name, value in known.items())


def untested(ruleset: Ruleset) -> Iterable[str]:
    """Give the rule files that hold rules and that no test file names."""
    tested = {file.name for suite in ruleset.suites for file in suite.files}
    return (name for name, file in ruleset.files.items() if name not in tested and any(file.rules))
