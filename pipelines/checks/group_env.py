"""Whoever is told can see which environment it is about: no message holds alerts of two."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checks._routing import tells
from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.routes import routes
from stack.documents import mappings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.alerting.routes import Route

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    telling = {
        str(body.get("name")) for _, body in mappings(inspection.alertmanager.get("receivers")) if tells(body)
    }
    for route in routes(inspection.alertmanager):
        if route.receiver in telling and not _of_one_environment(route):
            summary = f"'{route.receiver}' is told of several environments at once: the group has no `env`"
            hint = "add env to its `group_by`"
            where = inspection.place(ALERTMANAGER, *route.steps)
            yield Problem("group_env", where, summary, inspection.house, hint=hint)


def _of_one_environment(route: Route) -> bool:
    pinned = any(one.name == "env" and one.op == "=" for one in route.conditions)
    return pinned or not route.group_by.isdisjoint({"env", "..."})


CHECK = Check(proves="every message is of one environment", run=_run)
