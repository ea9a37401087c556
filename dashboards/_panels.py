"""The kinds of panel that our dashboards are made of, each with one look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import (
    bargauge,
    common,
    dashboard,
    prometheus,
    stat,
    statetimeline,
    table,
    timeseries,
)
from grafana_foundation_sdk.models import common as look
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards._kit import SOURCE

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AMBER", "GREEN", "RED", "bars", "figure", "graph", "levels", "listing", "timeline"]

GREEN, AMBER, RED = "green", "orange", "red"


class _Panel(Protocol):
    """What the builders of all kinds of panel have in common."""

    def title(self, title: str) -> Self: ...
    def description(self, description: str) -> Self: ...
    def unit(self, unit: str) -> Self: ...
    def datasource(self, datasource: model.DataSourceRef) -> Self: ...
    def with_target(self, target: prometheus.Dataquery) -> Self: ...
    def height(self, h: int) -> Self: ...
    def span(self, w: int) -> Self: ...


P = TypeVar("P", bound=_Panel)


def figure(  # noqa: PLR0913 # what a panel shows, and how wide
    title: str,
    description: str,
    queries: Mapping[str, str],
    unit: str,
    *,
    red: float | None = None,
    width: int,
) -> stat.Panel:
    """Show the newest value large, its course small behind it; red from a value on.

    Args:
        title: what it is.
        description: what it means, and when to worry.
        queries: each PromQL query by the legend of its series.
        unit: a unit as Grafana names it.
        red: the smallest value that is bad.
        width: columns of 24.
    """
    panel = stat.Panel().reduce_options(_newest()).graph_mode(look.BigValueGraphMode.AREA)
    panel = panel.thresholds(levels({} if red is None else {red: RED}))
    return _drawn(panel, title, description, queries, unit).height(4).span(width)


def graph(
    title: str, description: str, queries: Mapping[str, str], unit: str, *, width: int = 12
) -> timeseries.Panel:
    """Draw lines over time, below them a table of the newest and the highest value."""
    legend = (
        common.VizLegendOptions()
        .show_legend(show_legend=True)
        .display_mode(look.LegendDisplayMode.TABLE)
        .placement(look.LegendPlacement.BOTTOM)
        .calcs(["lastNotNull", "max"])
    )
    tooltip = common.VizTooltipOptions().mode(look.TooltipDisplayMode.MULTI)
    panel = timeseries.Panel().legend(legend).tooltip(tooltip).fill_opacity(10).line_width(1)
    return _drawn(panel, title, description, queries, unit).height(8).span(width)


def timeline(
    title: str, description: str, queries: Mapping[str, str], states: Mapping[int, tuple[str, str]]
) -> statetimeline.Panel:
    """Draw a band for each series, a word and a colour for each of its values."""
    words = {str(value): model.ValueMappingResult(text=text, color=c) for value, (text, c) in states.items()}
    panel = statetimeline.Panel().mappings([model.ValueMap(options=words)])
    return _drawn(panel, title, description, queries, "none").height(8).span(12)


def bars(title: str, description: str, queries: Mapping[str, str], unit: str) -> bargauge.Panel:
    """Compare the values of this moment as bars."""
    panel = bargauge.Panel().reduce_options(_newest()).orientation(look.VizOrientation.HORIZONTAL)
    return _drawn(panel, title, description, queries, unit, instant=True).height(8).span(12)


def listing(title: str, description: str, expression: str, columns: tuple[str, ...]) -> table.Panel:
    """List the series of this moment, a row each, and of their labels only the named ones."""
    named = {"include": {"names": list(columns)}}
    panel = table.Panel().with_transformation(
        model.DataTransformerConfig(id_val="filterFieldsByName", options=named)
    )
    drawn = _drawn(panel, title, description, {"": expression}, "none", instant=True)
    return drawn.no_value("none").height(8).span(12)


def levels(steps: Mapping[float, str], *, base: str = GREEN) -> dashboard.ThresholdsConfig:
    """Colour values from each step on, `{80: RED}`, and below the first one in the base colour."""
    coloured = [model.Threshold(value=None, color=base)]
    coloured += [model.Threshold(value=value, color=color) for value, color in sorted(steps.items())]
    return dashboard.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(coloured)


def _newest() -> common.ReduceDataOptions:
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def _drawn(  # noqa: PLR0913 # what every panel must have
    panel: P, title: str, description: str, queries: Mapping[str, str], unit: str, *, instant: bool = False
) -> P:
    drawn = panel.title(title).description(description).unit(unit).datasource(SOURCE)
    for letter, (legend, expression) in zip("ABCDEFGH", queries.items(), strict=False):
        drawn = drawn.with_target(_query(letter, legend, expression, instant=instant))
    return drawn


def _query(letter: str, legend: str, expression: str, *, instant: bool) -> prometheus.Dataquery:
    query = prometheus.Dataquery().ref_id(letter).expr(expression).datasource(SOURCE)
    query = query.instant() if instant else query.range()
    return query.legend_format(legend) if legend else query.format(PromQueryFormat.TABLE)
