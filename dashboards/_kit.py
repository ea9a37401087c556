"""What makes a dashboard one of ours: its data source, choices, marks and links, and a clean JSON model."""

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

__all__ = ["SOURCE", "TAG", "board", "choice", "finished", "firing", "to", "to_one"]

SOURCE = model.DataSourceRef(type_val="prometheus", uid="prometheus")
"""The provisioned data source, by its fixed uid: no dashboard asks which one is the default."""

TAG = "monitoring"
SERVER_OWNED = ("id", "version", "iteration")


def board(uid: str, title: str, description: str, *, alerts: str, hours: int) -> dashboard.Dashboard:
    """Begin a dashboard that shows the last hours, draws itself every 15 s, marks alerts and deploys.

    Args:
        uid: under which links find it, for ever.
        title: its name.
        description: the question that it answers.
        alerts: a pattern of the names of its subject's alerts.
        hours: how much it shows at first.
    """
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
        .annotation(_alerts(firing(alerts)))
        .annotation(_deploys())
    )


def firing(alerts: str) -> str:
    """Select the alerts that fire, by a pattern of their names; never the watchdog, which always does."""
    return f'ALERTS{{alertstate="firing", severity!="none", alertname=~"{alerts}", env=~"$env"}}'


def choice(name: str, label: str, metric: str) -> dashboard.QueryVariable:
    """Let the viewer choose among the values that a label has on a metric, all at first.

    Args:
        name: the label, which is the variable's name too.
        label: how the viewer sees it named.
        metric: the selector of series that have the label: `up{env=~"$env"}` follows an earlier choice.
    """
    return (
        dashboard.QueryVariable(name)
        .label(label)
        .datasource(SOURCE)
        .query(f"label_values({metric}, {name})")
        .refresh(model.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(model.VariableSort.ALPHABETICAL_ASC)
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".*")
        .current(model.VariableOption(text="All", value="$__all", selected=True))
    )


def to(uid: str, title: str, *choices: str) -> dashboard.DashboardLink:
    """Lead to another dashboard, with the same environment, time and further choices."""
    kept = "&".join(f"${{{name}:queryparam}}" for name in ("env", *choices))
    return _link(title, f"/d/{uid}?{kept}&${{__url_time_range}}")


def to_one(uid: str, title: str, label: str) -> dashboard.DashboardLink:
    """Lead from a series to the dashboard of the one thing that its label names."""
    one = "&".join(f"var-{name}=${{__field.labels.{name}}}" for name in ("env", label))
    return _link(title, f"/d/{uid}?{one}&${{__url_time_range}}")


def finished(builder: dashboard.Dashboard, rows: Rows) -> Mapping[str, object]:
    """Lay the rows of panels out and give the plain JSON model, without what only a server may set."""
    for title, panels in rows.items():
        builder = builder.with_row(dashboard.Row(title))
        for panel in panels:
            builder = builder.with_panel(panel)
    return _model(builder)


def _alerts(selector: str) -> dashboard.AnnotationQuery:
    """Mark on every graph when alerts were firing."""
    mark = _mark("Alerts", "red", selector).step("30s").title_format("{{alertname}}")
    return mark.tag_keys("severity,env,service,instance")


def _deploys() -> dashboard.AnnotationQuery:
    """Mark when each run that changes what is live ended: the series' value, which Grafana takes in ms."""
    ended = '1000 * monitoring_deploy_last_run_timestamp_seconds{env=~"$env"}'
    mark = _mark("Deploys", "blue", ended).use_value_for_time(use_value_for_time=True)
    return mark.title_format("{{task}}").tag_keys("task,env,instance")


def _mark(name: str, color: str, expression: str) -> dashboard.AnnotationQuery:
    mark = dashboard.AnnotationQuery().name(name).datasource(SOURCE)
    return mark.enable(enable=True).icon_color(color).expr(expression)


def _link(title: str, url: str) -> dashboard.DashboardLink:
    return dashboard.DashboardLink(title).type(model.DashboardLinkType.LINK).url(url)


def _model(builder: dashboard.Dashboard) -> Mapping[str, object]:
    document: dict[str, Any] = json.loads(JSONEncoder(sort_keys=True).encode(builder.build()))
    for panel in document["panels"]:
        # From the title and not from the order: an inserted panel leaves the others' ids, and links to them.
        name = f"row {panel['title']}" if panel["type"] == "row" else panel["title"]
        panel["id"] = crc32(name.encode()) & 0x7FFF_FFFF
    for control in (*document["links"], *document["annotations"]["list"]):
        del control["placement"]  # the SDK would hide them in a menu
    return {key: value for key, value in document.items() if key not in SERVER_OWNED}
