"""Every legend can be read: it names labels that its series have, and is no heap of labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.checks._seen import Seen, house_rule
from pipelines.core.asking import asked
from pipelines.core.check import Check
from pipelines.core.survey import anywhere
from stack.documents import dig
from stack.promql.labels import Labels, is_single, labels_of
from stack.promql.variables import QUOTED, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.dashboards.panels import Panel, Target
    from stack.report import Problem

__all__ = ["CHECK"]

LABEL = re.compile(r"\{\{\s*([\w.:-]+)\s*\}\}")
NAMING = frozenset(
    {"barchart", "bargauge", "graph", "piechart", "state-timeline", "status-history", "timeseries", "trend"}
)
"""Kinds of panels that write the name of each series beside it."""
TABULAR = frozenset({"heatmap", "table", "table-old"})
"""Kinds, and formats of queries, that give a label a column of its own, or a bucket a row."""
MOST, LONGEST = 4, 60
"""Labels of a series' name, and its characters beside these, that one can still read."""
FEW = 2
"""Labels that one can read all of."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule("dashboard_legends", inspection, lambda name, _: _look(name, inspection))


def _look(name: str, inspection: Inspection) -> Iterator[Seen]:
    for query, tree in asked(inspection, name):
        if tree is None or query.shown is None:
            continue
        panel, target = query.shown
        if {panel.kind, str(target.body.get("format"))} & TABULAR:
            continue
        certain = labels_of(tree, anywhere(inspection).certain)
        if UNKNOWN in QUOTED.sub("", str(tree)):
            certain = Labels()  # the viewer chooses what is grouped by, or shown at all
        if target.legend:
            yield from _of_legend(query.place, target.legend, certain)
        elif _names_all(panel, target) and not is_single(tree):
            yield from _of_all(query.place, certain)


def _of_legend(place: str, legend: str, certain: Labels) -> Iterator[Seen]:
    named = LABEL.findall(legend)
    for label in named:
        if label != "__name__" and certain.lack(label):
            yield Seen(place, f"the legend names the label '{label}', which no series has", _has(certain))
    if len(named) > MOST or len(LABEL.sub("", legend)) > LONGEST:
        yield Seen(
            place,
            "a legend is too long to be read",
            f"at most {MOST} labels, and {LONGEST} characters beside",
        )


def _has(certain: Labels) -> str:
    if certain.only is None:
        return ""
    return f"they have {', '.join(sorted(certain.only))}" if certain.only else "they have no labels"


def _names_all(panel: Panel, target: Target) -> bool:
    """Whether each series is named by all of its labels, and that is seen."""
    if panel.kind not in NAMING or target.body.get("legendFormat") == "__auto":
        return False  # with `__auto` only by those that differ
    hidden = dig(panel.body, "options", "legend", "showLegend") is False
    hidden = hidden or dig(panel.body, "legend", "show") is False
    renamed = dig(panel.body, "fieldConfig", "defaults", "displayName") or panel.body.get("transformations")
    return not hidden and not renamed


def _of_all(place: str, certain: Labels) -> Iterator[Seen]:
    if certain.only is None or len(certain.only) > FEW:
        hint = "name them by the labels in which they differ: `{{instance}}`"
        yield Seen(place, "a query has no legend: each series is named by all of its labels", hint)


CHECK = Check(proves="every legend can be read, and names labels that there are", run=_run, lasting=True)
