"""Notifications are held back at the times that the routing tests say, and at no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checks._routing import receivers, routing_tests, told
from pipelines.core.check import Check
from stack.alerting.routes import reached
from stack.alerting.time_intervals import is_mute
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.routing_tests import TimeCase

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    known = receivers(inspection)
    for where, case in routing_tests(inspection).times():
        if known.keys() >= set(case.receivers or ()) and (fault := _fault(case, inspection)):
            summary = f"'{case.name}': at {case.at.isoformat()} {fault}"
            yield Problem("routing_times", where, summary)


def _fault(case: TimeCase, inspection: Inspection) -> str:
    found = reached(inspection.alertmanager, case.labels)
    try:
        awake = [route for route in found if not is_mute(inspection.alertmanager, route, case.at)]
    except ValueError as error:
        return f"nobody knows who is told: {error}"
    names = [route.receiver for route in awake]
    wanted = _wanted(case, [route.receiver for route in found])
    return f"told are {told(names)}; expected are {told(wanted)}" if names != wanted else ""


def _wanted(case: TimeCase, every: list[str]) -> list[str]:
    if case.receivers is not None:
        return list(case.receivers)
    return [] if case.muted else every


CHECK = Check(proves="notifications are held back when the routing tests say so", run=_run)
