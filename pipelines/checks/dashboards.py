"""Grafana loads every dashboard: each is a JSON object with a uid and a title of its own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

UID = re.compile(r"[A-Za-z0-9_-]+")
LONGEST = 40


def _run(inspection: Inspection) -> Iterator[Problem]:
    for shown in inspection.stack.dashboards.values():
        if shown.fault:
            yield Problem("dashboards", shown.name, shown.fault)
    for key in ("uid", "title"):
        yield from _shared(key, inspection)
    yield from _refused(inspection)


def _shared(key: str, inspection: Inspection) -> Iterator[Problem]:
    """Yield each dashboard without this, and each that has another's; of ours and a site's, the latter."""
    first: dict[str, str] = {}
    for name in sorted(inspection.dashboards, key=inspection.is_shipped, reverse=True):
        own = inspection.dashboards[name].get(key)
        if not isinstance(own, str) or not own:
            yield Problem("dashboards", name, f"the dashboard has no {key}")
        elif (other := first.setdefault(own, name)) != name:
            yield Problem("dashboards", name, f"two dashboards have the {key} '{own}': this and {other}")


def _refused(inspection: Inspection) -> Iterator[Problem]:
    """Yield each uid that Grafana does not take: `uid contains illegal characters`, `uid too long`."""
    for name, model in inspection.dashboards.items():
        uid = model.get("uid")
        if not isinstance(uid, str) or not uid:
            continue
        if not UID.fullmatch(uid):
            yield Problem("dashboards", name, f"the uid '{uid}' has other characters than A-Z a-z 0-9 - _")
        if len(uid) > LONGEST:
            yield Problem("dashboards", name, f"the uid '{uid}' is longer than {LONGEST} characters")


CHECK = Check(proves="every dashboard is a JSON object with a uid and a title of its own", run=_run)
