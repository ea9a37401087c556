"""Every alert is told within a minute, apart from its `for`, whichever route it takes."""

from __future__ import annotations

import re
from itertools import groupby, takewhile
from typing import TYPE_CHECKING

from pipelines.checks._routing import tells
from pipelines.core.check import ALERTMANAGER, Check
from stack.alerting.latency import bounds
from stack.documents import mappings
from stack.duration import seconds
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection, Rule
    from stack.alerting.latency import Bound

__all__ = ["CHECK"]

LONGEST = 60.0
"""Seconds."""
SAID = re.compile(r"\s*#\s*told within (\w+): \S")
NEXT = re.compile(r"\s*- ")


def _run(inspection: Inspection) -> Iterator[Problem]:
    rules = {file: inspection.document(f"prometheus/{file}") for file in inspection.rule_files}
    found = bounds(inspection.prometheus, rules, inspection.alertmanager, inspection.syntax)
    telling = _telling(inspection)
    late = (bound for bound in found if bound.net > LONGEST and bound.route.receiver in telling)
    alerts = {(rule.file, rule.steps): rule for rule in inspection.alerts}
    for at, bounds_of_one in groupby(late, key=lambda bound: (bound.file, bound.steps)):
        allowed = _allowed(alerts[at], inspection)
        if some := [bound for bound in bounds_of_one if bound.net > allowed]:
            yield _problem(inspection.where(alerts[at]), some, inspection)


def _allowed(rule: Rule, inspection: Inspection) -> float:
    """Give the seconds that an alert may take: as its own comment says with a reason, else a minute."""
    path = f"prometheus/{rule.file}"
    lines = (
        inspection.tree.files[path].decode(errors="replace").splitlines()[inspection.line(path, rule.steps) :]
    )
    own = takewhile(lambda line: not NEXT.match(line), lines)
    said = next(filter(None, map(SAID.match, own)), None)
    try:
        return seconds(said[1]) if said else LONGEST
    except ValueError:
        return LONGEST


def _telling(inspection: Inspection) -> set[str]:
    receivers = mappings(inspection.alertmanager.get("receivers"))
    return {str(body.get("name")) for _, body in receivers if tells(body)}


def _problem(place: str, some: list[Bound], inspection: Inspection) -> Problem:
    worst = max(some, key=lambda bound: bound.net)
    more = f" and {len(some) - 1} more" if len(some) > 1 else ""
    way = f"{inspection.place(ALERTMANAGER, *worst.route.steps)} ({worst.route.receiver}){more}"
    summary = f"up to {worst.net:.0f} s beside its `for` until it is told by {way}: {_parts(worst)}"
    severity = min(inspection.gate(worst.file), inspection.house)
    return Problem("alert_latency", place, summary, severity, hint="shorten the longest of them")


def _parts(bound: Bound) -> str:
    grouped = "group_wait" if bound.group_wait > bound.group_interval else "group_interval"
    parts = {
        "scrape": bound.scrape,
        "recording": bound.recording,
        "evaluation": bound.evaluation,
        "rounding of `for`": bound.held - bound.pending,
        grouped: max(bound.group_wait, bound.group_interval),
    }
    return " + ".join(f"{name} {value:.0f} s" for name, value in parts.items() if value)


CHECK = Check(proves=f"every alert is told within {LONGEST:.0f} s of its `for`", run=_run)
