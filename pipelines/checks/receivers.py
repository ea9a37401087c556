"""Every receiver is told something by a route, and tells somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checks._routing import tells
from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.routes import routes
from stack.documents import mappings
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

SILENT = {"unrouted", "null"}
"""Receivers that tell nobody and say so by their name."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    used = {str(route.body.get("receiver")) for route in routes(inspection.alertmanager)}
    for index, receiver in mappings(inspection.alertmanager.get("receivers")):
        where, name = inspection.place(ALERTMANAGER, "receivers", index), str(receiver.get("name"))
        if name not in used:
            yield Problem(
                "receivers", where, f"no route leads to receiver '{name}'", hint="route to it or drop it"
            )
        if not tells(receiver):
            yield _mute(where, name)


def _mute(where: str, name: str) -> Problem:
    summary = f"receiver '{name}' tells nobody: it has no integration"
    if name in SILENT:
        return Problem("receivers", where, summary, Severity.WARNING)
    hint = "give it one, or name it `null` where that is meant"
    return Problem("receivers", where, summary, hint=hint)


CHECK = Check(proves="every receiver has a route that leads to it and somebody to tell", run=_run)
