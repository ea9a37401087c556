"""How long an alert takes at most from the fact to a person, computed from the rendered files alone.

An alert waits for the next scrape, for the next evaluation of its group (and of the groups whose recordings
it rests on), for its own `for`, and for its notification group.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from stack.alerting.known import Sender
from stack.alerting.routes import root
from stack.alerting.ways import Ways, seconds_or, timed_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

    from promql_parser import Expr

    from stack.alerting.routes import Route
    from stack.alerting.ways import TimedRule
    from stack.documents import Steps

__all__ = ["Bound", "bounds"]

GROUP_WAIT, GROUP_INTERVAL = "30s", "5m"
"""What Alertmanager takes where no route says anything."""


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
    every, sender = list(timed_rules(prometheus, rules)), Sender(prometheus, syntax)
    ways = Ways(prometheus, every, syntax)
    top = root(alertmanager)
    for rule in every:
        if top and "alert" in rule.body:
            for route in top.ends(sender.sends(rule.body).meets):
                yield _bound(rule, route, ways)


def _bound(rule: TimedRule, route: Route, ways: Ways) -> Bound:
    scrape, recording = ways.before(rule)
    pending = seconds_or(rule.body.get("for"), 0.0)
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
        group_wait=seconds_or(route.settings.get("group_wait"), GROUP_WAIT),
        group_interval=seconds_or(route.settings.get("group_interval"), GROUP_INTERVAL),
    )
