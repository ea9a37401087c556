"""The series that a test gives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.rule_tests.reading import Reading
    from pipelines.rule_tests.ruleset import RuleTest
    from stack.promql.selectors import Selector

__all__ = ["Series", "SeriesByName", "read_by", "series_of"]


@dataclass(frozen=True, slots=True)
class Series:
    """One input series, and which one it is of its test's."""

    at: int
    name: str
    labels: Mapping[str, str]


SeriesByName = dict[str, list[Series]]


def series_of(test: RuleTest, reading: Reading) -> SeriesByName | None:
    """Read the input series of a test, by name; None where one of them cannot be read."""
    found: SeriesByName = defaultdict(list)
    for at, text in enumerate(test.series):
        read = reading.of(text)
        if read is None or len(read) != 1 or read[0].name is None:
            return None
        labels = {one.label: one.value for one in read[0].conditions if one.op == "="}
        found[read[0].name].append(Series(at, read[0].name, labels))
    return dict(found)


def read_by(selector: Selector, series: SeriesByName) -> list[Series]:
    """Give the series that a selector reads."""
    found = series.get(selector.name or "", ())
    return [one for one in found if selector.may_read(one.name, one.labels)]
