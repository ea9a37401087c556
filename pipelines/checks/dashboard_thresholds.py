"""A panel changes its colour where the alert on the same thing fires."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from pipelines.checks._limits import conditions, limits, recorded
from pipelines.checks._seen import Seen, house_rule
from pipelines.core.asking import asked
from pipelines.core.check import Check
from stack.dashboards.steps import steps
from stack.promql.comparisons import comparison
from stack.promql.essence import essence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from pipelines.core.check import Inspection
    from stack.dashboards.panels import Panel
    from stack.report import Problem

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule("dashboard_thresholds", inspection, lambda name, _: _look(name, inspection))


def _look(name: str, inspection: Inspection) -> Iterator[Seen]:
    for panel, tree in _panels(name, inspection):
        if coloured := steps(panel):
            yield from _missing(panel, coloured, tree, inspection)


def _panels(name: str, inspection: Inspection) -> Iterator[tuple[Panel, Expr]]:
    """Yield the panels with a single query, and that; of several nobody knows which one a colour is for."""
    drawn = ((one.query.shown[0], one.tree) for one in asked(inspection, name) if one.query.shown)
    for _, group in groupby(drawn, key=lambda pair: id(pair[0])):
        (panel, tree), *others = group
        if tree is not None and not others:
            yield panel, _unfiltered(tree)


def _unfiltered(tree: Expr) -> Expr:
    """Leave a last filter out, `x >= 0`: what it lets pass is as large as before."""
    found = comparison(tree)
    return found.compared if found and not found.is_bool else tree


def _missing(panel: Panel, coloured: tuple[float, ...], tree: Expr, inspection: Inspection) -> Iterator[Seen]:
    """Yield the alerts on what a panel shows, and not on a part of it, that fire at none of its steps."""
    made = recorded(inspection)
    shown = conditions(tree, made)
    for limit in limits(inspection).get(essence(tree, made), ()):
        if limit.conditions <= shown and not any(map(limit.is_met, coloured)):
            listed = ", ".join(f"{step:g}" for step in coloured)
            summary = f"turns at {listed}, and the alert {limit.alert} fires {limit.sign} {limit.number:g}"
            yield Seen(panel.place, summary, "take the number from where the rule has it: `values`")


CHECK = Check(proves="panels change their colour where alerts fire", run=_run, lasting=True)
