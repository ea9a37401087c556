"""How long an alert takes at most from the fact to a person, computed from the rendered files alone.

An alert waits for the next scrape, for the next evaluation of its group (and of the groups whose recordings
it rests on), for its own `for`, and for its notification group.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from promql_parser import VectorSelector

from stack.alerting.known import Sender
from stack.alerting.routes import ends
from stack.documents import Steps, dig, mapping, mappings
from stack.duration import seconds
from stack.promql.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from promql_parser import Expr

    from stack.alerting.routes import Route

__all__ = ["Bound", "bounds"]

MINUTE = "1m"
"""What Prometheus takes where its configuration names no interval."""
GROUP_WAIT, GROUP_INTERVAL = "30s", "5m"
"""What Alertmanager takes where no route says anything."""
DEEPEST = 60
"""Recordings that rest on one another which are followed; nobody builds a longer chain."""


@dataclass(frozen=True, slots=True)
class Bound:
    """The longest way of one alert over one route, in seconds, a part for each thing that it waits for.

    Args:
        file: the alert's rule file, as it was given.
        steps: the way to its rule there.
        alert: its name.
        route: the route that it may end at.
        scrape: the interval of the slowest job that may carry one of its metrics.
        recording: the intervals of the other groups whose recordings it rests on, one after another.
        evaluation: the interval of its own group.
        held: its `for`, in whole evaluations.
        pending: its `for` as it is written: what is meant to be waited for.
        group_wait: what the first alert of a notification group waits for.
        group_interval: what an alert that joins a group which was told before waits for.

    Source: measured, an alert's way is the sum of its waits and some 50 ms.
    """

    file: str
    steps: Steps
    alert: str
    route: Route
    scrape: float
    recording: float
    evaluation: float
    held: float
    pending: float
    group_wait: float
    group_interval: float

    @property
    def total(self) -> float:
        """All of it."""
        grouped = max(self.group_wait, self.group_interval)
        return self.scrape + self.recording + self.evaluation + self.held + grouped

    @property
    def net(self) -> float:
        """What the machinery adds to the `for` that was asked for."""
        return self.total - self.pending


@dataclass(frozen=True, slots=True)
class _Rule:
    """One rule and its place among the others."""

    file: str
    steps: Steps
    body: Mapping[str, Any]
    interval: float

    @property
    def group(self) -> tuple[str, Steps]:
        return self.file, self.steps[:-1]

    def sees(self, other: _Rule) -> bool:
        """Whether it reads what the other has recorded in the very same evaluation."""
        return self.group == other.group and self.steps > other.steps


def bounds(
    prometheus: Mapping[str, Any],
    rules: Mapping[str, object],
    alertmanager: Mapping[str, Any],
    syntax: Callable[[str], Expr | None],
) -> Iterator[Bound]:
    """Yield the bound of every alert on every route that it may end at.

    Args:
        prometheus: Prometheus' configuration.
        rules: the rule files, as documents.
        alertmanager: Alertmanager's configuration.
        syntax: gives the syntax tree of an expression, None where it is none.
    """
    every, sender = list(_rules(prometheus, rules)), Sender(prometheus, syntax)
    ways = _Ways(prometheus, every, syntax)
    for rule in every:
        if "alert" in rule.body:
            for route in ends(alertmanager, sender.sends(rule.body).meets):
                yield _bound(rule, route, ways)


def _rules(prometheus: Mapping[str, Any], rules: Mapping[str, object]) -> Iterator[_Rule]:
    usual = _seconds(dig(prometheus, "global", "evaluation_interval"), MINUTE)
    for file, document in rules.items():
        for at, group in mappings(mapping(document).get("groups")):
            interval = _seconds(group.get("interval"), usual)
            for index, body in mappings(group.get("rules")):
                yield _Rule(file, ("groups", at, "rules", index), body, interval)


def _bound(rule: _Rule, route: Route, ways: _Ways) -> Bound:
    scrape, recording = ways.before(rule)
    pending = _seconds(rule.body.get("for"), 0.0)
    return Bound(
        file=rule.file,
        steps=rule.steps,
        alert=str(rule.body.get("alert")),
        route=route,
        scrape=scrape,
        recording=recording,
        evaluation=rule.interval,
        held=ceil(pending / rule.interval) * rule.interval if rule.interval else pending,
        pending=pending,
        group_wait=_seconds(route.settings.get("group_wait"), GROUP_WAIT),
        group_interval=_seconds(route.settings.get("group_interval"), GROUP_INTERVAL),
    )


class _Ways:
    """How long a fact takes until a rule reads it, each rule asked once."""

    def __init__(
        self, prometheus: Mapping[str, Any], rules: list[_Rule], syntax: Callable[[str], Expr | None]
    ) -> None:
        usual = _seconds(dig(prometheus, "global", "scrape_interval"), MINUTE)
        self._jobs = {
            str(job.get("job_name")): _seconds(job.get("scrape_interval"), usual)
            for _, job in mappings(prometheus.get("scrape_configs"))
        }
        self._recorded: dict[str, list[_Rule]] = {}
        for rule in rules:
            if "record" in rule.body:
                self._recorded.setdefault(str(rule.body["record"]), []).append(rule)
        self._syntax = syntax
        self._known: dict[tuple[str, Steps], tuple[float, float]] = {}

    def before(self, rule: _Rule, depth: int = 0) -> tuple[float, float]:
        """Give the scrape interval, and what recordings in other groups add, on the slowest way to a rule."""
        at = (rule.file, rule.steps)
        if at not in self._known and depth < DEEPEST:
            self._known[at] = (0.0, 0.0)  # a rule that rests on itself waits for nothing more
            self._known[at] = max(self._inputs(rule, depth), key=sum, default=(0.0, 0.0))
        return self._known.get(at, (0.0, 0.0))

    def _inputs(self, rule: _Rule, depth: int) -> Iterator[tuple[float, float]]:
        tree = self._syntax(str(rule.body.get("expr") or ""))
        for node in nodes(tree) if tree else ():
            if isinstance(node, VectorSelector):
                yield from self._input(node, rule, depth)

    def _input(self, selector: VectorSelector, rule: _Rule, depth: int) -> Iterator[tuple[float, float]]:
        sources = self._recorded.get(_metric(selector), [])
        for source in sources:
            scrape, recording = self.before(source, depth + 1)
            yield scrape, recording + (0.0 if rule.sees(source) else source.interval)
        if not sources:
            yield self._scrape(selector), 0.0

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


def _seconds(duration: object, otherwise: str | float) -> float:
    """Read a duration; one that is none is for promtool and amtool to refuse."""
    for text in (duration, otherwise):
        try:
            return text if isinstance(text, float) else seconds(str(text))
        except (ValueError, OverflowError):
            continue
    return 0.0
