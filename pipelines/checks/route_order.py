"""Every route can be reached: no earlier one beside it takes all of its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.matchers import matchers_of
from stack.alerting.routes import routes
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.alerting.matchers import Matcher
    from stack.alerting.routes import Route

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for route in routes(inspection.alertmanager):
        for path, earlier in _shadowed(route):
            summary = f"no alert gets here: {earlier} takes them all first"
            hint = "put it before that route, or let that one `continue: true`"
            yield Problem("route_order", f"{ALERTMANAGER}: {path}", summary, hint=hint)


def _shadowed(route: Route) -> Iterator[tuple[str, str]]:
    ends: list[tuple[str, frozenset[Matcher]]] = []
    for path, body in route.children:
        wanted = matchers_of(body)
        if wanted is None:
            continue
        # Fewer conditions take more alerts: none at all takes every one.
        earlier = next((at for at, conditions in ends if conditions <= wanted), None)
        if earlier:
            yield path, earlier
        if body.get("continue") is not True:
            ends.append((path, wanted))


CHECK = Check(proves="every route can be reached", run=_run)
