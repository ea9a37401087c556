"""Panels show how counters grow, over ranges that hold scrapes enough."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checks._limits import limits
from pipelines.checks._provisioned import step
from pipelines.checks._seen import Seen, house_rule
from pipelines.checks._windows import ENOUGH, intervals, job, windows
from pipelines.core.asking import asked, parsed
from pipelines.core.check import Check
from pipelines.core.survey import anywhere
from stack.contract.counters import bare_counters
from stack.dashboards.ranges import ranges

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import VectorSelector

    from pipelines.core.check import Inspection
    from stack.contract.scope import Scope
    from stack.dashboards.queries import Query
    from stack.report import Problem

__all__ = ["CHECK"]

GROWTH = "it falls to 0 with each restart: `rate(…[$__rate_interval])`, `increase(…[$__range])`"


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule("dashboard_rates", inspection, lambda name, _: _look(name, inspection))


def _look(name: str, inspection: Inspection) -> Iterator[Seen]:
    scope = anywhere(inspection)
    for query, tree in asked(inspection, name):
        if tree is not None and query.shown:
            for counter in bare_counters(tree, scope):
                if counter not in limits(inspection):  # else an alert looks at the count itself, and says why
                    yield Seen(query.place, f"shows the bare count of '{counter}'", GROWTH)
        if "[" in query.expression:
            yield from _short(query, scope, inspection)


def _short(query: Query, scope: Scope, inspection: Inspection) -> Iterator[Seen]:
    """Yield the ranges that hold too few scrapes, however far the viewer zooms in."""
    known = inspection.once("intervals", lambda: intervals(inspection))
    text, written = ranges(query, step=inspection.once("step", lambda: step(inspection)))
    tree = parsed(text, {}, inspection)
    for selector, window in windows(tree) if tree is not None else ():
        scrapes = window / _interval(selector, known, scope)
        if scrapes < ENOUGH:
            shown = written.get(window, f"{window:g} s")
            hint = "set the query's min step" if "rate_interval" in shown else "`$__rate_interval` holds four"
            yield Seen(query.place, f"a range of {shown} may hold but {scrapes:.1f} scrapes", hint)


def _interval(selector: VectorSelector, known: Mapping[str, float], scope: Scope) -> float:
    """Give the interval at which something is scraped, the shortest where several jobs have it."""
    if named := job(selector, known):
        return known[named]
    jobs = {source.job for source in scope.of(selector)} & known.keys() if selector.name else set()
    return min((known[name] for name in jobs), default=known[""])


CHECK = Check(proves="panels show the growth of counters, over four scrapes or more", run=_run, lasting=True)
