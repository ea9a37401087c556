"""Every alert is taken by a route made for it, and does not fall through to the last resort."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.alerting.known import Sender
from stack.alerting.routes import routes
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.alerting.known import Known
    from stack.alerting.routes import Route

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    every = list(routes(inspection.alertmanager))
    if not any(_is_general(route) for route in every[1:]):
        return  # the root is where alerts are meant to end
    sender = Sender(inspection.prometheus, inspection.syntax)
    for rule in inspection.alerts:
        known = sender.sends(rule.body)
        if list(every[0].ends(known.meets)) == every[:1]:
            last = f"only '{every[0].receiver}', the last resort, is told"
            summary = f"no route takes this alert, {last}: it has {_shown(known, every)}"
            hint = "give it the labels that routes ask for, or make a route for it"
            yield Problem("unrouted", inspection.where(rule), summary, inspection.gate(rule.file), hint=hint)


def _is_general(route: Route) -> bool:
    """Whether a route is for more than alerts of one name, as the watchdog's is."""
    return not any(one.name == "alertname" and one.op == "=" for one in route.conditions)


def _shown(known: Known, every: list[Route]) -> str:
    """Write down the labels that routes ask for, as far as the alert's are certain."""
    asked = sorted({one.name for route in every for one in route.conditions})
    values = {name: known.supposed(name) for name in asked}
    return ", ".join(
        f"{name}={value}" if value else f"no {name}" for name, value in values.items() if value is not None
    )


CHECK = Check(proves="a route takes every alert before the last resort does", run=_run)
