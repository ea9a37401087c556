"""What tests show of each rule: that an alert fires and when it is silent, and what is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.rule_tests.presence import Presence
from pipelines.rule_tests.reading import OF_ALERTS, Reading, Rules
from pipelines.rule_tests.series import series_of
from stack.documents import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from promql_parser import Expr

    from pipelines.core.rules import Rule
    from pipelines.rule_tests.reading import Made
    from pipelines.rule_tests.ruleset import Expectation, Ruleset, RuleTest

__all__ = ["EVALUATED", "FIRES", "SILENT", "Covered", "coverage", "untested"]

FIRES = "no test expects this alert to fire"
SILENT = "no test expects this alert to be silent while its series are there"
EVALUATED = "no expression of a test asks for this recording"


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
        rules = Rules(suite.files, reading)
        shown |= {(id(made.rule), what) for test in suite.tests for made, what in _shown(test, rules)}
    tested = {file.name for suite in ruleset.suites for file in suite.files}
    return [_covered(rule, shown) for rule in ruleset.rules if rule.file in tested]


def _covered(rule: Rule, shown: set[tuple[int, str]]) -> Covered:
    wanted = (FIRES, SILENT) if rule.kind == "alert" else (EVALUATED,)
    return Covered(rule, tuple(what for what in wanted if (id(rule), what) not in shown))


def _shown(test: RuleTest, rules: Rules) -> Iterator[tuple[Made, str]]:
    """Yield what one test shows, and of which rule."""
    presence = Presence(rules, series_of(test, rules.reading))
    for expectation in test.expectations:
        told = _of_alert(expectation, rules) if expectation.alert else _of_expression(expectation, rules)
        yield from ((made, what) for made, what in told if what != SILENT or presence.of(made))


def _of_alert(expectation: Expectation, rules: Rules) -> Iterator[tuple[Made, str]]:
    alerts = [mapping(one.get("exp_labels")) for _, one in mappings(expectation.body.get("exp_alerts"))]
    for made in rules.alerts.get(expectation.alert, ()):
        yield made, FIRES if any(_agree(made, labels) for labels in alerts) else SILENT


def _of_expression(expectation: Expectation, rules: Rules) -> Iterator[tuple[Made, str]]:
    read = rules.reading.of(expectation.expression) or ()
    samples = [str(one.get("labels")) for _, one in mappings(expectation.body.get("exp_samples"))]
    for selector in read:
        named = selector.value_of("alertname") is not None
        firing = selector.value_of("alertstate") == "firing"
        for made in rules.behind(selector):
            if selector.name not in OF_ALERTS:
                yield from [(made, EVALUATED)] if samples else ()
            elif any(
                (named or _tells(one, made)) and (firing or 'alertstate="firing"' in one) for one in samples
            ):
                yield made, FIRES
            elif not samples and named:
                yield made, SILENT


def _tells(sample: str, made: Made) -> bool:
    return f'alertname="{made.rule.name}"' in sample.replace(" ", "")


def _agree(made: Made, labels: Mapping[str, object]) -> bool:
    """Say whether an alert that is expected can be one of this rule, and not of another with its name."""
    known = {name: value for name, value in made.labels.items() if name != "alertname"}
    return all(str(labels.get(name, "")) == value for name, value in known.items())


def untested(ruleset: Ruleset) -> Iterable[str]:
    """Give the rule files that hold rules and that no test file names."""
    tested = {file.name for suite in ruleset.suites for file in suite.files}
    return (name for name, file in ruleset.files.items() if name not in tested and any(file.rules))
