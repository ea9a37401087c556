"""Notifications come in time: what a route waits for adds to every alert's way to people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.routes import routes
from stack.duration import seconds
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

DEFAULTS = {"group_wait": "30s", "group_interval": "5m", "repeat_interval": "4h"}


def _run(inspection: Inspection) -> Iterator[Problem]:
    for route in routes(inspection.alertmanager):
        times = {key: _seconds(route.settings.get(key, default)) for key, default in DEFAULTS.items()}
        for summary in _faults(times, route.body, root=route.path == "route"):
            where = inspection.place(ALERTMANAGER, *route.steps)
            yield Problem("route_timing", where, summary, Severity.WARNING)


def _seconds(duration: object) -> float | None:
    try:
        return seconds(str(duration))
    except ValueError:
        return None


def _faults(times: Mapping[str, float | None], body: Mapping[str, Any], *, root: bool) -> Iterator[str]:
    wait, interval, repeat = times["group_wait"], times["group_interval"], times["repeat_interval"]
    own = body.keys() & DEFAULTS.keys()
    if "group_wait" in own and wait is not None and wait > 60:
        yield "a group_wait over a minute: no alert of it is told within the first"
    if root and "group_interval" not in own:
        yield "group_interval is left at 5m: an alert that joins a group may wait that long to be told"
    if own - {"group_wait"} and interval is not None and repeat is not None and repeat < interval:
        yield "repeat_interval is shorter than group_interval, which is how often it is looked at"


CHECK = Check(proves="no route keeps a notification back for long", run=_run)
