"""Every rate has samples enough: below two it gives nothing, below four one failed scrape makes a gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.checks._windows import ENOUGH, FEWEST, intervals, job, length, windows
from pipelines.core.check import Check
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

WINDOW = re.compile(r"\[\s*(\w+)\s*\]")


def _run(inspection: Inspection) -> Iterator[Problem]:
    known = intervals(inspection)
    enough = ENOUGH * max(known.values())
    for rule in inspection.rules:
        text = rule.expression
        if "[" in text and _shortest(text) < enough:
            tree = inspection.syntax(text)
            for selector, window in windows(tree) if tree else ():
                scrapes = window / known[job(selector, known)]
                if scrapes < ENOUGH:
                    yield _problem(inspection.where(rule), window, scrapes)


def _problem(where: str, window: float, scrapes: float) -> Problem:
    if scrapes < FEWEST:
        summary = f"a window of {window:g} s holds {scrapes:.1f} scrapes: a rate over it gives nothing"
        return Problem("rate_windows", where, summary, hint="four scrapes are a good window")
    summary = f"a window of {window:g} s holds {scrapes:.1f} scrapes: one failed scrape makes a gap"
    return Problem("rate_windows", where, summary, Severity.WARNING, hint="four scrapes are a good window")


def _shortest(expression: str) -> float:
    return min((length(text, 0.0) for text in WINDOW.findall(expression)), default=float("inf"))


CHECK = Check(proves="every rate has at least two scrapes in its window", run=_run)
