"""How long a fact takes until a rule reads it: the scrape, and recordings upon recordings in other groups."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from promql_parser import VectorSelector

from stack.documents import Steps, dig, mapping, mappings
from stack.duration import seconds
from stack.promql.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from promql_parser import Expr

__all__ = ["TimedRule", "Ways", "seconds_or", "timed_rules"]

MINUTE = "1m"
"""What Prometheus takes where its configuration names no interval."""
DEEPEST = 60
"""Recordings that rest on one another which are followed; nobody builds a longer chain."""


Group = tuple[str, Steps]
"""A rule file, and the way to one of its groups."""


@dataclass(frozen=True, slots=True)
class TimedRule:
    """One rule, its place among the others, and how often it is evaluated, in seconds."""

    file: str
    steps: Steps
    body: Mapping[str, Any]
    interval: float

    @property
    def group(self) -> Group:
        """The group that it is evaluated with."""
        return self.file, self.steps[:-1]

    def sees(self, other: TimedRule) -> bool:
        """Whether it reads what the other has recorded in the very same evaluation."""
        return self.group == other.group and self.steps > other.steps


def timed_rules(prometheus: Mapping[str, Any], rules: Mapping[str, object]) -> Iterator[TimedRule]:
    """Yield every rule of rule files, which are given as documents."""
    usual = seconds_or(dig(prometheus, "global", "evaluation_interval"), MINUTE)
    for file, document in rules.items():
        for at, group in mappings(mapping(document).get("groups")):
            interval = seconds_or(group.get("interval"), usual)
            for index, body in mappings(group.get("rules")):
                yield TimedRule(file, ("groups", at, "rules", index), body, interval)


class Ways:
    """How long a fact takes until a rule reads it, each rule asked once."""

    def __init__(
        self, prometheus: Mapping[str, Any], rules: list[TimedRule], syntax: Callable[[str], Expr | None]
    ) -> None:
        usual = seconds_or(dig(prometheus, "global", "scrape_interval"), MINUTE)
        self._jobs = {
            str(job.get("job_name")): seconds_or(job.get("scrape_interval"), usual)
            for _, job in mappings(prometheus.get("scrape_configs"))
        }
        self._recorded: dict[str, dict[Group, list[TimedRule]]] = {}
        for rule in rules:
            if "record" in rule.body:
                of_metric = self._recorded.setdefault(str(rule.body["record"]), {})
                of_metric.setdefault(rule.group, []).append(rule)
        self._syntax = syntax
        self._known: dict[tuple[str, Steps], tuple[float, float]] = {}
        self._slow: dict[str, list[tuple[Group, tuple[float, float]]]] = {}

    def before(self, rule: TimedRule, depth: int = 0) -> tuple[float, float]:
        """Give the scrape interval, and what recordings in other groups add, on the slowest way to a rule."""
        at = (rule.file, rule.steps)
        if at not in self._known and depth < DEEPEST:
            self._known[at] = (0.0, 0.0)  # a rule that rests on itself waits for nothing more
            self._known[at] = max(self._inputs(rule, depth), key=sum, default=(0.0, 0.0))
        return self._known.get(at, (0.0, 0.0))

    def _inputs(self, rule: TimedRule, depth: int) -> Iterator[tuple[float, float]]:
        tree = self._syntax(str(rule.body.get("expr") or ""))
        for node in nodes(tree) if tree else ():
            if isinstance(node, VectorSelector):
                yield from self._input(node, rule, depth)

    def _input(self, selector: VectorSelector, rule: TimedRule, depth: int) -> Iterator[tuple[float, float]]:
        metric = _metric(selector)
        sources = self._recorded.get(metric)
        if sources is None:
            yield self._scrape(selector), 0.0
            return
        for source in sources.get(rule.group, ()):
            yield self._through(source, depth, seen=rule.sees(source))
        yield from (way for group, way in self._slowest(metric, depth) if group != rule.group)

    def _through(self, source: TimedRule, depth: int, *, seen: bool) -> tuple[float, float]:
        scrape, recording = self.before(source, depth + 1)
        return scrape, recording + (0.0 if seen else source.interval)

    def _slowest(self, metric: str, depth: int) -> list[tuple[Group, tuple[float, float]]]:
        """Give the two groups that record a metric last: a rule of the one waits for the other."""
        if metric not in self._slow:
            self._slow[metric] = []  # a metric that rests on itself waits for nothing more
            ways = [
                (group, max((self._through(one, depth, seen=False) for one in sources), key=sum))
                for group, sources in self._recorded[metric].items()
            ]
            self._slow[metric] = sorted(ways, key=lambda way: sum(way[1]), reverse=True)[:2]
        return self._slow[metric]

    def _scrape(self, selector: VectorSelector) -> float:
        """Give the interval of the slowest job that a selector may read; of all where it names none."""
        jobs = [one.value for one in selector.matchers.matchers if one.name == "job" and _takes(one)]
        named = [self._jobs[name] for name in self._jobs if any(_fits(job, name) for job in jobs)]
        return max(named or self._jobs.values(), default=0.0)


def _metric(selector: VectorSelector) -> str:
    named = (one.value for one in selector.matchers.matchers if one.name == "__name__")
    return selector.name or next(named, "")


def _takes(matcher: Any) -> bool:  # the parser has no types
    return str(matcher.op) in {"MatchOp.Equal", "MatchOp.Re"}


def _fits(expression: str, name: str) -> bool:
    try:
        return re.fullmatch(expression, name) is not None
    except re.error:
        return False


def seconds_or(duration: object, otherwise: str | float) -> float:
    """Read a duration; one that is none is for promtool and amtool to refuse."""
    read = _seconds(str(duration))
    if read is not None:
        return read
    return otherwise if isinstance(otherwise, float) else seconds(otherwise)


@lru_cache(maxsize=1024)
def _seconds(text: str) -> float | None:
    try:
        return seconds(text)
    except (ValueError, OverflowError):
        return None
