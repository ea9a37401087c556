"""Every rate has samples enough: below two it gives nothing, below four one failed scrape makes a gap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promql_parser import Call, MatchOp, MatrixSelector

from pipelines.core.check import Check
from stack.documents import dig
from stack.duration import seconds
from stack.promql.syntax import nodes
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

RATES = {"delta", "deriv", "idelta", "increase", "irate", "predict_linear", "rate"}
WINDOW = re.compile(r"\[\s*(\w+)\s*\]")
FEWEST, ENOUGH = 2, 4
"""Scrapes in a window: what a rate needs at all, and what outlives one failed scrape.

Source: https://www.robustperception.io/what-range-should-i-use-with-rate/
"""


def _run(inspection: Inspection) -> Iterator[Problem]:
    intervals = _intervals(inspection)
    enough = ENOUGH * max(intervals.values())
    for rule in inspection.rules:
        text = rule.expression
        if "[" in text and _shortest(text) < enough:
            tree = inspection.syntax(text)
            for window, scrapes in _windows(tree, intervals) if tree else ():
                if scrapes < ENOUGH:
                    yield _problem(inspection.where(rule), window, scrapes)


def _problem(where: str, window: float, scrapes: float) -> Problem:
    if scrapes < FEWEST:
        summary = f"a window of {window:g} s holds {scrapes:.1f} scrapes: a rate over it gives nothing"
        return Problem("rate_windows", where, summary, hint="four scrapes are a good window")
    summary = f"a window of {window:g} s holds {scrapes:.1f} scrapes: one failed scrape makes a gap"
    return Problem("rate_windows", where, summary, Severity.WARNING, hint="four scrapes are a good window")


def _intervals(inspection: Inspection) -> dict[str, float]:
    """Give each job's interval in seconds; under the empty name the shortest, for metrics of any job."""
    usual = _seconds(dig(inspection.prometheus, "global", "scrape_interval"), 60.0)
    jobs = {
        str(job.get("job_name")): _seconds(job.get("scrape_interval"), usual) for _, job in inspection.jobs
    }
    return {**jobs, "": min(jobs.values(), default=usual)}


def _seconds(duration: object, otherwise: float) -> float:
    try:
        return seconds(str(duration)) or otherwise
    except ValueError:
        return otherwise


def _shortest(expression: str) -> float:
    return min((_seconds(text, 0.0) for text in WINDOW.findall(expression)), default=float("inf"))


def _windows(tree: Expr, intervals: Mapping[str, float]) -> Iterator[tuple[float, float]]:
    """Yield the length in seconds of each rate's window, and how many scrapes fit into it."""
    for node in nodes(tree):
        if isinstance(node, Call) and node.func.name in RATES and isinstance(node.args[0], MatrixSelector):
            window = node.args[0].range.total_seconds()
            yield window, window / intervals.get(_job(node.args[0]), intervals[""])


def _job(window: MatrixSelector) -> str:
    matchers = window.vector_selector.matchers.matchers
    fixed = (matcher.value for matcher in matchers if matcher.name == "job" and matcher.op == MatchOp.Equal)
    return next(fixed, "")


CHECK = Check(proves="every rate has at least two scrapes in its window", run=_run)
