"""What makes a dashboard one of ours: its data source, choices and links, and a clean JSON model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from zlib import crc32

from grafana_foundation_sdk.builders import dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from grafana_foundation_sdk.cog.builder import Builder

    Rows = Mapping[str, Iterable[Builder[model.Panel]]]
    Values = Mapping[str, Any]
    """An environment's `values`, by name: the thresholds of its alerts."""

__all__ = ["annotated", "board", "choice", "finished", "link"]

SOURCE = model.DataSourceRef(type_val="prometheus", uid="prometheus")
"""The provisioned data source, by its fixed uid: no dashboard asks which one is the default."""

TAG = "monitoring"
SERVER_OWNED = ("id", "version", "iteration")


def board(uid: str, title: str, description: str, *, hours: int) -> dashboard.Dashboard:
    """Begin a dashboard that shows the last hours and draws itself anew every 15 s."""
    others = dashboard.DashboardLink("Dashboards").type(model.DashboardLinkType.DASHBOARDS).tags([TAG])
    return (
        dashboard.Dashboard(title)
        .uid(uid)
        .description(description)
        .tags([TAG])
        .time(f"now-{hours}h", "now")
        .timezone("browser")
        .refresh("15s")
        .tooltip(model.DashboardCursorSync.CROSSHAIR)
        .link(others.as_dropdown(as_dropdown=True).include_vars(include_vars=True).keep_time(keep_time=True))
    )


def choice(name: str, label: str, values: str) -> dashboard.QueryVariable:
    """Let the viewer choose among a label's values, all at first: `label_values(metric, label)`."""
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(values)
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".*")
        .current(model.VariableOption(text="All", value="$__all", selected=True))
    )


def annotated(alerts: str) -> dashboard.AnnotationQuery:
    """Mark on every graph when alerts of a selector were firing."""
    return (
        dashboard.AnnotationQuery()
        .name("Alerts")
        .datasource(SOURCE)
        .enable(enable=True)
        .icon_color("red")
        .expr(alerts)
        .step("30s")
        .title_format("{{alertname}}")
        .tag_keys("severity,env,service,instance")
    )


def link(title: str, url: str) -> dashboard.DashboardLink:
    """Lead from a panel to where more is to be seen."""
    return dashboard.DashboardLink(title).type(model.DashboardLinkType.LINK).url(url)


def finished(builder: dashboard.Dashboard, rows: Rows) -> Mapping[str, object]:
    """Lay the rows of panels out and give the plain JSON model, without what only a server may set."""
    for title, panels in rows.items():
        builder = builder.with_row(dashboard.Row(title))
        for panel in panels:
            builder = builder.with_panel(panel)
    return _model(builder)


def _model(builder: dashboard.Dashboard) -> Mapping[str, object]:
    document: dict[str, Any] = json.loads(JSONEncoder(sort_keys=True).encode(builder.build()))
    for panel in document["panels"]:
        # From the title and not from the order: an inserted panel leaves the others' ids, and links to them.
        panel["id"] = crc32(panel["title"].encode()) & 0x7FFF_FFFF
    for control in (*document["links"], *document["annotations"]["list"]):
        del control["placement"]  # the SDK would hide them in a menu
    return {key: value for key, value in document.items() if key not in SERVER_OWNED}
