"""A viewer knows what each panel shows: it has a title, a description, a unit, and an id of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.checks._seen import Seen, house_rule
from pipelines.core.check import Check
from stack.dashboards.panels import panels
from stack.dashboards.units import has_unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from pipelines.core.check import Inspection
    from stack.dashboards.panels import Panel
    from stack.report import Problem

__all__ = ["CHECK"]

WORDS = frozenset(
    {"alertlist", "annolist", "dashlist", "gettingstarted", "news", "pluginlist", "row", "text", "welcome"}
)
"""Kinds of panels that show no measurement and say themselves what they are."""
MEASURING = frozenset(
    {
        "barchart",
        "bargauge",
        "candlestick",
        "gauge",
        "graph",
        "heatmap",
        "histogram",
        "piechart",
        "singlestat",
        "stat",
        "state-timeline",
        "status-history",
        "table",
        "table-old",
        "timeseries",
        "trend",
        "xychart",
    }
)
"""Grafana's own kinds that show numbers; where a plugin keeps its unit nobody knows."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule("dashboard_panels", inspection, _look)


def _look(name: str, model: Mapping[str, Any]) -> Iterator[Seen]:
    del name
    # Grafana before 9 saved the panels that it had repeated, and makes them anew.
    found = [panel for panel in panels(model) if not panel.body.get("repeatPanelId")]
    for panel in found:
        if panel.kind not in WORDS:
            yield from _of_panel(panel)
    yield from _same_titles(found)
    yield from _same_ids(found)


def _of_panel(panel: Panel) -> Iterator[Seen]:
    if panel.body.get("libraryPanel"):
        hint = "no file brings it to another Grafana; unlink it, and it is a panel of this dashboard"
        yield Seen(panel.place, "is a library panel", hint)
        return
    if not panel.title.strip():
        yield Seen(panel.place, f"a panel of kind '{panel.kind}' has no title")
    if not str(panel.body.get("description") or "").strip():
        yield Seen(panel.place, "has no description", "say what it means, and when to worry")
    if panel.kind in MEASURING and not has_unit(panel):
        yield Seen(panel.place, "has no unit", "`none` or `short` for bare numbers")


def _same_titles(found: Iterable[Panel]) -> Iterator[Seen]:
    """Yield the titles that two panels of one row have."""
    row, taken = 0, set()
    for panel in found:
        if panel.kind == "row":
            row += 1
        elif panel.title and (row, panel.title) in taken:
            yield Seen(panel.place, "another panel of its row has that title")
        else:
            taken.add((row, panel.title))


def _same_ids(found: Iterable[Panel]) -> Iterator[Seen]:
    """Yield the ids that several panels have: Grafana gives all but one of them another."""
    first: dict[int, Panel] = {}
    for panel in found:
        number = panel.body.get("id")
        if isinstance(number, int) and first.setdefault(number, panel) is not panel:
            hint = "links to the one may lead to the other"
            yield Seen(panel.place, f"{first[number].place} has its id {number}, too", hint)


CHECK = Check(
    proves="every panel has a title, a description, a unit and an id of its own", run=_run, lasting=True
)
