"""Alertmanager's route tree, flattened, every route with what it inherits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.documents import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Route", "routes"]

INHERITED = ("receiver", "group_wait", "group_interval", "repeat_interval")


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Args:
        path: where it stands: `route.routes.2`.
        body: the route as it is written.
        settings: its receiver and times, inherited ones among them.
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
    root = mapping(configuration.get("route"))
    waiting: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [("route", root, {})] if root else []
    while waiting:
        path, body, outer = waiting.pop()
        own = {key: body[key] for key in INHERITED if body.get(key) is not None}
        route = Route(path, body, {**outer, **own})
        waiting += [(at, child, route.settings) for at, child in reversed(route.children)]
        yield route
