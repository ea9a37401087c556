"""Alertmanager's route tree, flattened, every route with what it inherits."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import accepts, matchers_of
from stack.documents import Steps, dotted, mapping, mappings, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stack.alerting.matchers import Matcher

__all__ = ["Route", "reached", "root", "routes"]

INHERITED = ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")
ALL_LABELS = "..."
"""Groups by every label: each alert is a group of its own."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Args:
        steps: the way to it: `("route", "routes", 2)`.
        body: the route as it is written.
        settings: its receiver, grouping and times, inherited ones among them.
        matchers: what an alert must meet here; None where that cannot be read.
        conditions: all that an alert has met on the way here, as far as it can be read.
        below: the routes below it, in the order in which they are asked.
    """

    steps: Steps
    body: Mapping[str, Any]
    settings: Mapping[str, Any]
    matchers: frozenset[Matcher] | None = frozenset()
    conditions: frozenset[Matcher] = frozenset()
    below: tuple[Route, ...] = field(default=(), repr=False)

    @property
    def path(self) -> str:
        """Where it stands: `route.routes.2`."""
        return dotted(self.steps)

    @property
    def receiver(self) -> str:
        """Who is told."""
        return str(self.settings.get("receiver"))

    @property
    def goes_on(self) -> bool:
        """Whether the routes beside it are asked as well."""
        return self.body.get("continue") is True

    @property
    def group_by(self) -> frozenset[str]:
        """The labels that make its groups; `...` among them stands for every label."""
        return frozenset(name for _, name in strings(self.settings.get("group_by")))

    def group(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Give the labels of the group that an alert joins here; one that it lacks is no part of them."""
        every = ALL_LABELS in self.group_by
        return {name: value for name, value in labels.items() if value and (every or name in self.group_by)}

    def ends(self, judge: Callable[[Matcher], bool | None]) -> Iterator[Route]:
        """Yield the routes from here down that an alert may end at, in the order in which they are told.

        Args:
            judge: says whether the alert meets a condition; None where that is not certain.
        """
        taken = False
        for child in self.below:
            verdict = child.takes(judge)
            if verdict is not False:
                yield from child.ends(judge)
            taken = taken or verdict is True
            if verdict is True and not child.goes_on:
                break
        if not taken:
            yield self

    def takes(self, judge: Callable[[Matcher], bool | None]) -> bool | None:
        """Say whether an alert meets what is asked for here; None where that is not certain."""
        verdicts = {False} if self.matchers is None else {judge(one) for one in self.matchers}
        if False in verdicts:
            return False
        return None if None in verdicts else True


def root(configuration: Mapping[str, Any]) -> Route | None:
    """Give the root of Alertmanager's route tree; None where the configuration has none.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route
    """
    body = mapping(configuration.get("route"))
    return _tree(("route",), body, Route((), {}, {})) if body else None


def routes(configuration: Mapping[str, Any]) -> Iterator[Route]:
    """Yield every route of Alertmanager's configuration, the root first."""
    waiting = [top] if (top := root(configuration)) else []
    while waiting:
        route = waiting.pop()
        waiting += reversed(route.below)
        yield route


def reached(configuration: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[Route, ...]:
    """Give the routes that an alert with these labels ends at, in the order in which they are told."""
    top = root(configuration)
    return tuple(top.ends(lambda one: accepts(one, labels.get(one.name, "")))) if top else ()


def _tree(steps: Steps, body: Mapping[str, Any], outer: Route) -> Route:
    own = {key: body[key] for key in INHERITED if body.get(key) is not None}
    matchers = matchers_of(body)
    conditions = outer.conditions | (matchers or frozenset())
    route = Route(steps, body, {**outer.settings, **own}, matchers, conditions)
    children = mappings(body.get("routes"))
    return replace(
        route, below=tuple(_tree((*steps, "routes", index), child, route) for index, child in children)
    )
