"""Alertmanager's route tree, flattened, every route with what it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import accepts, matchers_of
from stack.documents import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Route", "reached", "routes"]

INHERITED = ("receiver", "group_by", "group_wait", "group_interval", "repeat_interval")


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Args:
        path: where it stands: `route.routes.2`.
        body: the route as it is written.
        settings: its receiver, grouping and times, inherited ones among them.
    """

    path: str
    body: Mapping[str, Any]
    settings: Mapping[str, Any]

    @property
    def children(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The routes below it, in the order in which they are asked."""
        return [(f"{self.path}.routes.{index}", body) for index, body in mappings(self.body.get("routes"))]


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
    return tuple(_ends(_root(configuration), labels)) if mapping(configuration.get("route")) else ()


def _root(configuration: Mapping[str, Any]) -> Route:
    return _inheriting("route", mapping(configuration.get("route")), {})


def _inheriting(path: str, body: Mapping[str, Any], outer: Mapping[str, Any]) -> Route:
    own = {key: body[key] for key in INHERITED if body.get(key) is not None}
    return Route(path, body, {**outer, **own})


def _below(route: Route) -> Iterator[Route]:
    return (_inheriting(path, body, route.settings) for path, body in route.children)


def _ends(route: Route, labels: Mapping[str, str]) -> Iterator[Route]:
    taken = False
    for child in _below(route):
        matchers = matchers_of(child.body)
        if matchers is None or not all(accepts(one, labels.get(one.name, "")) for one in matchers):
            continue
        taken = True
        yield from _ends(child, labels)
        if child.body.get("continue") is not True:
            break
    if not taken:
        yield route
