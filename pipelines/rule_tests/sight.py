"""Which rules see anything of a test's series, straight or by way of recordings, and the labels they meet."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.rule_tests.reading import OF_ALERTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.rule_tests.reading import Made, Rules
    from pipelines.rule_tests.series import Series, SeriesByName

__all__ = ["Sight", "sight_of"]

WORD = re.compile(r"\w+")


@dataclass(frozen=True, eq=False)
class Sight:
    """What the rules of a test file see in one test.

    Args:
        rules: the rules.
        series: the input series.
        direct: the series that a rule reads itself.
        seeing: the rules that can have a result at all.
    """

    rules: Rules
    series: SeriesByName
    direct: Mapping[Made, list[Series]]
    seeing: frozenset[Made]

    def all(self, made: Made) -> Iterator[Series]:
        """Yield the series that a rule sees, straight or by way of others."""
        return (series for one in self._below(made) for series in self.direct.get(one, ()))

    def words(self, made: Made) -> set[str]:
        """Give every name that a label on what a rule sees can have, among other words."""
        found: set[str] = set()
        for one in self._below(made):
            found |= {label for series in self.direct.get(one, ()) for label in series.labels}
            found |= set(WORD.findall(one.rule.expression))
            for ground in self.rules.grounds[one]:  # itself among them, where it reads what it records
                found |= {*ground.labels, *ground.sets}
            if not OF_ALERTS.isdisjoint(found):
                found |= {"alertname", "alertstate"}
        return found

    def _below(self, made: Made) -> Iterator[Made]:
        """Yield a rule and every rule that it rests on and that has a result."""
        seen, waiting = {made}, [made]
        while waiting:
            one = waiting.pop()
            yield one
            new = [two for two in self.rules.grounds[one] if two in self.seeing and two not in seen]
            seen.update(new)
            waiting += new


def sight_of(rules: Rules, series: SeriesByName) -> Sight:
    """Find the rules that can have a result in a test with these input series."""
    direct: dict[Made, list[Series]] = {}
    for name, some in series.items():
        for made, selector in rules.readers.get(name, ()):
            read = [one for one in some if selector.may_read(one.name, one.labels)]
            if read:
                direct.setdefault(made, []).extend(read)
    return Sight(rules, series, direct, _seeing(rules, {*direct, *rules.independent}))


def _seeing(rules: Rules, first: set[Made]) -> frozenset[Made]:
    """Add the rules that read others which have a result."""
    seeing, waiting = set(first), list(first)
    while waiting:
        new = [one for one in rules.followers.get(waiting.pop(), ()) if one not in seeing]
        seeing.update(new)
        waiting += new
    return frozenset(seeing)
