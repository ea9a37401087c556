"""The kinds of panel that our dashboards are made of, each with one look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboardlist,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as look
from grafana_foundation_sdk.models import dashboard as model

from dashboards._drawing import drawn, labelled, words
from dashboards._kit import TAG, firing, to
from dashboards._limits import GREEN, RED, Limit, is_address, judged, levels

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grafana_foundation_sdk.cog.builder import Builder

    from dashboards._kit import Values

    Leads = Sequence[Builder[model.DashboardLink]]

__all__ = ["alert_list", "bars", "figure", "firing_now", "graph", "listing", "others", "timeline", "verdict"]


def figure(  # noqa: PLR0913 # what a panel shows, and how wide
    title: str,
    description: str,
    queries: Mapping[str, str],
    unit: str,
    *limits: Limit,
    width: int = 4,
    leads: Leads = (),
) -> stat.Panel:
    """Show the newest value large, its course small behind it, coloured as its alerts judge it.

    Args:
        title: what it is.
        description: what it means, and when to worry.
        queries: each PromQL query by the legend of its series.
        unit: a unit as Grafana names it.
        limits: the alerts on it.
        width: columns of 24.
        leads: links to where more is to be seen.
    """
    panel = stat.Panel().reduce_options(_newest()).graph_mode(look.BigValueGraphMode.AREA)
    panel = panel.thresholds(judged(limits))
    return drawn(panel, labelled(title, description, unit, limits, leads), queries).height(4).span(width)


def firing_now(alerts: str, subject: str, lead: Builder[model.DashboardLink] | None = None) -> stat.Panel:
    """Count the alerts on a subject that fire, by a pattern of their names."""
    count = f'count by (env) ({firing(alerts)}) or 0 * count by (env) (up{{env=~"$env"}})'
    said = f"Alerts on {subject} that fire now. The overview names them."
    leads = [lead or to("overview", "Overview")]
    panel = figure("Alerts firing", said, {"{{env}}": count}, "none", leads=leads)
    return panel.thresholds(levels([(None, GREEN), (1, RED)]))


def verdict(
    title: str, description: str, queries: Mapping[str, str], limit: Limit, *, leads: Leads = ()
) -> stat.Panel:
    """Say whether something went well: 1 is good, and 0 has the colour of its alert."""
    states = {1: ("good", GREEN), 0: ("failed", limit.color)}
    return figure(title, description, queries, "none", limit, leads=leads).mappings([words(states)])


def graph(  # noqa: PLR0913 # what a panel shows, and how wide
    title: str,
    description: str,
    queries: Mapping[str, str],
    unit: str,
    *limits: Limit,
    width: int = 12,
    leads: Leads = (),
    each: Leads = (),
) -> timeseries.Panel:
    """Draw lines over time and the limits of their alerts; below them their newest and highest values.

    Args:
        title: what it is.
        description: what it means, and when to worry.
        queries: each PromQL query by the legend of its series.
        unit: a unit as Grafana names it.
        limits: the alerts on it.
        width: columns of 24.
        leads: links to where more is to be seen.
        each: links from a series to the one thing that it is about.
    """
    legend = (
        common.VizLegendOptions()
        .show_legend(show_legend=True)
        .display_mode(look.LegendDisplayMode.TABLE)
        .placement(look.LegendPlacement.BOTTOM)
        .calcs(["lastNotNull", "max"])
    )
    tooltip = common.VizTooltipOptions().mode(look.TooltipDisplayMode.MULTI)
    panel = timeseries.Panel().legend(legend).tooltip(tooltip).fill_opacity(10).line_width(1)
    panel = panel.thresholds(judged(limits)).thresholds_style(_limit_lines(limits))
    panel = panel.data_links(list(each)) if each else panel
    return drawn(panel, labelled(title, description, unit, limits, leads), queries).height(8).span(width)


def timeline(
    title: str,
    description: str,
    queries: Mapping[str, str],
    states: Mapping[int, tuple[str, str]],
    *limits: Limit,
    width: int = 12,
) -> statetimeline.Panel:
    """Draw a band for each series, a word and a colour for each of its values."""
    panel = statetimeline.Panel().mappings([words(states)])
    return drawn(panel, labelled(title, description, "none", limits), queries).height(8).span(width)


def bars(
    title: str, description: str, queries: Mapping[str, str], unit: str, *limits: Limit, width: int = 12
) -> bargauge.Panel:
    """Compare the values of this moment as bars."""
    panel = bargauge.Panel().reduce_options(_newest()).orientation(look.VizOrientation.HORIZONTAL)
    panel = panel.thresholds(judged(limits))
    texts = labelled(title, description, unit, limits)
    return drawn(panel, texts, queries, instant=True).height(8).span(width)


def listing(
    title: str, description: str, expression: str, columns: Sequence[str], *, width: int = 12
) -> table.Panel:
    """List the series of this moment, a row each, and of their labels only the named ones."""
    named = {"include": {"names": list(columns)}}
    panel = table.Panel().with_transformation(
        model.DataTransformerConfig(id_val="filterFieldsByName", options=named)
    )
    texts = labelled(title, description, "none")
    return drawn(panel, texts, {"": expression}, instant=True).no_value("none").height(8).span(width)


def alert_list(values: Values, selector: str) -> table.Panel:
    """List alerts by a selector of them; their names lead to their runbooks, where these have an address."""
    said = f"What fires now, and where. Each alert's runbook has its name, in {values['runbooks']}."
    columns = ("alertname", "severity", "env", "service", "job", "instance")
    runbook = f"{values['runbooks']}/${{__value.raw}}.md"
    panel = listing("Firing alerts", said, selector, columns)
    if not is_address(runbook):
        return panel
    lead = {"title": "Runbook", "url": runbook, "targetBlank": True}
    return panel.override_by_name("alertname", [model.DynamicConfigValue(id_val="links", value=[lead])])


def others() -> dashboardlist.Panel:
    """List the dashboards that there are: those of services that an environment does not watch are none."""
    panel = dashboardlist.Panel().tags([TAG]).show_search(show_search=True).show_headings(show_headings=False)
    panel = panel.include_vars(include_vars=True).keep_time(keep_time=True).max_items(30)
    texts = labelled("Dashboards", "Every dashboard of what is watched here, from A to Z.", "none")
    return drawn(panel, texts, {}).height(8).span(12)


def _newest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def _limit_lines(limits: Sequence[Limit]) -> common.GraphThresholdsStyleConfig:
    shown = any(limit.over is not None or limit.under is not None for limit in limits)
    mode = look.GraphThresholdsStyleMode.DASHED if shown else look.GraphThresholdsStyleMode.OFF
    return common.GraphThresholdsStyleConfig().mode(mode)
