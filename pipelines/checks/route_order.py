"""Every route can be reached: no earlier ones beside it take all of its alerts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.matchers import cases, implies
from stack.alerting.routes import routes
from stack.documents import dotted
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.alerting.matchers import Matcher
    from stack.alerting.routes import Route
    from stack.documents import Steps

__all__ = ["CHECK"]

Ends = list[tuple["Steps", "frozenset[Matcher]"]]
"""Routes that do not let the next one be asked, and what they take."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    for route in routes(inspection.alertmanager):
        for steps, earlier in _shadowed(route):
            verb = "takes" if len(earlier) == 1 else "take"
            summary = f"no alert gets here: {' and '.join(map(dotted, earlier))} {verb} them all first"
            hint = "put it before that route, or let that one `continue: true`"
            yield Problem("route_order", inspection.place(ALERTMANAGER, *steps), summary, hint=hint)


def _shadowed(route: Route) -> Iterator[tuple[Steps, list[Steps]]]:
    ends: Ends = []
    for child in route.below:
        if child.matchers is None:
            continue
        if earlier := _takers(child.conditions, ends):
            yield child.steps, earlier
        if not child.goes_on:
            ends.append((child.steps, child.matchers))


def _takers(wanted: frozenset[Matcher], ends: Ends) -> list[Steps]:
    """Give the earlier routes that together take every alert which meets these conditions."""
    found = []
    for case in cases(wanted):
        taker = next((steps for steps, taken in ends if all(implies(case, one) for one in taken)), None)
        if taker is None:
            return []
        found.append(taker)
    return sorted(set(found))


CHECK = Check(proves="every route can be reached", run=_run)
