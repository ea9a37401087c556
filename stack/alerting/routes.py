"""Alertmanager's route tree, flattened, every route with what it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import accepts, matchers_of
from stack.documents import Steps, dotted, mapping, mappings, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from stack.alerting.matchers import Matcher

__all__ = ["Route", "ends", "reached", "routes"]

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
        conditions: all that an alert has met on the way here, as far as it can be read.
    """

    steps: Steps
    body: Mapping[str, Any]
    settings: Mapping[str, Any]
    conditions: frozenset[Matcher] = frozenset()

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
    def children(self) -> list[tuple[Steps, Mapping[str, Any]]]:
        """The routes below it, in the order in which they are asked."""
        return [((*self.steps, "routes", index), body) for index, body in mappings(self.body.get("routes"))]

    @property
    def group_by(self) -> frozenset[str]:
        """The labels that make its groups; `...` among them stands for every label."""
        return frozenset(name for _, name in strings(self.settings.get("group_by")))

    def group(self, labels: Mapping[str, str]) -> dict[str, str]:
        """Give the labels of the group that an alert joins here; one that it lacks is no part of them."""
        every = ALL_LABELS in self.group_by
        return {name: value for name, value in labels.items() if value and (every or name in self.group_by)}


def routes(configuration: Mapping[str, Any]) -> Iterator[Route]:
    """Yield every route of Alertmanager's configuration, the root first.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route
    """
    waiting = [_root(configuration)] if mapping(configuration.get("route")) else []
    while waiting:
        route = waiting.pop()
        waiting += reversed(list(_below(route)))
        yield route


def reached(configuration: Mapping[str, Any], labels: Mapping[str, str]) -> tuple[Route, ...]:
    """Give the routes that an alert with these labels ends at, in the order in which they are told.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#route
    """
    return ends(configuration, lambda one: accepts(one, labels.get(one.name, "")))


def ends(configuration: Mapping[str, Any], judge: Callable[[Matcher], bool | None]) -> tuple[Route, ...]:
    """Give the routes that an alert may end at, in the order in which they are told.

    Args:
        configuration: Alertmanager's.
        judge: says whether the alert meets a condition; None where that is not certain.
    """
    return tuple(_ends(_root(configuration), judge)) if mapping(configuration.get("route")) else ()


def _root(configuration: Mapping[str, Any]) -> Route:
    return _inheriting(("route",), mapping(configuration.get("route")), Route((), {}, {}))


def _inheriting(steps: Steps, body: Mapping[str, Any], outer: Route) -> Route:
    own = {key: body[key] for key in INHERITED if body.get(key) is not None}
    conditions = outer.conditions | (matchers_of(body) or frozenset())
    return Route(steps, body, {**outer.settings, **own}, conditions)


def _below(route: Route) -> Iterator[Route]:
    return (_inheriting(steps, body, route) for steps, body in route.children)


def _ends(route: Route, judge: Callable[[Matcher], bool | None]) -> Iterator[Route]:
    taken = False
    for child in _below(route):
        verdict = _met(child, judge)
        if verdict is not False:
            yield from _ends(child, judge)
        taken = taken or verdict is True
        if verdict is True and not child.goes_on:
            break
    if not taken:
        yield route


def _met(route: Route, judge: Callable[[Matcher], bool | None]) -> bool | None:
    matchers = matchers_of(route.body)
    verdicts = {False} if matchers is None else {judge(one) for one in matchers}
    if False in verdicts:
        return False
    return None if None in verdicts else True
