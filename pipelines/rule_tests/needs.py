"""Which rules a test needs: those it names, those they rest on, and those that could fail on its series."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.rule_tests.hazards import hazards
from pipelines.rule_tests.series import series_of
from pipelines.rule_tests.sight import sight_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.rule_tests.reading import Made, Rules
    from pipelines.rule_tests.ruleset import RuleTest

__all__ = ["Need", "need_of"]


@dataclass(frozen=True, eq=False)
class Need:
    """What a test needs.

    Args:
        named: the rules that it asks for, and those they rest on.
        loaded: those of them that can have a result at all, and others that could fail on the test's series.
    """

    named: frozenset[Made]
    loaded: frozenset[Made]


def need_of(test: RuleTest, rules: Rules) -> Need:
    """Find the rules that a test's verdict can depend on, by the names that expressions read.

    Where that cannot be told, because our parser does not know an expression or a selector has no plain name,
    it is every rule that sees anything of the test's series; where those cannot be read, every rule.
    """
    asked, every = _asked(test, rules), frozenset(rules.all)
    closed = None if asked is None else _closure(asked, rules)
    named = every if closed is None else closed
    series = series_of(test, rules.reading)
    if series is None:
        return Need(named, every)
    sight = sight_of(rules, series)
    others = hazards(sight, named)
    loaded = None if others is None else _closure((*named, *others), rules)
    return Need(named, (every if loaded is None else loaded) & sight.seeing)


def _asked(test: RuleTest, rules: Rules) -> list[Made] | None:
    found: list[Made] = []
    for expectation in test.expectations:
        read = rules.reading.of(expectation.expression) if not expectation.alert else ()
        if read is None:
            return None
        found += rules.alerts.get(expectation.alert, ())
        found += [made for selector in read for made in rules.behind(selector)]
    return found


def _closure(asked: Iterable[Made], rules: Rules) -> frozenset[Made] | None:
    """Add what rules rest on; None where one of them may rest on anything."""
    found: set[Made] = set()
    waiting = list(asked)
    while waiting:
        made = waiting.pop()
        if made in found:
            continue
        if rules.reads[made] is None:
            return None
        found.add(made)
        waiting += rules.grounds[made]
    return frozenset(found)
