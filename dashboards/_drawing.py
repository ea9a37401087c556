"""What all kinds of panel have in common: texts, links, data source and queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, TypeVar

from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

from dashboards._kit import SOURCE
from dashboards._limits import runbooks, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from grafana_foundation_sdk.cog.builder import Builder

    from dashboards._limits import Limit

__all__ = ["Label", "drawn", "labelled", "words"]


class _Panel(Protocol):
    """What the builders of all kinds of panel have in common."""

    def title(self, title: str) -> Self: ...
    def description(self, description: str) -> Self: ...
    def unit(self, unit: str) -> Self: ...
    def datasource(self, datasource: model.DataSourceRef) -> Self: ...
    def with_target(self, target: prometheus.Dataquery) -> Self: ...
    def links(self, links: list[Builder[model.DashboardLink]]) -> Self: ...
    def height(self, h: int) -> Self: ...
    def span(self, w: int) -> Self: ...


P = TypeVar("P", bound=_Panel)


@dataclass(frozen=True, slots=True)
class Label:
    """What a panel says of itself, and where it leads to."""

    title: str
    description: str
    unit: str
    links: tuple[Builder[model.DashboardLink], ...]


def labelled(
    title: str,
    description: str,
    unit: str,
    limits: Sequence[Limit] = (),
    leads: Sequence[Builder[model.DashboardLink]] = (),
) -> Label:
    """Give a panel's texts; its description names its alerts, its links lead to their runbooks."""
    return Label(title, f"{description}{told(limits)}", unit, (*leads, *runbooks(limits)))


def drawn(panel: P, label: Label, queries: Mapping[str, str], *, instant: bool = False) -> P:
    """Give a panel its texts, its links and its queries, each by the legend of its series."""
    panel = panel.title(label.title).description(label.description).unit(label.unit).datasource(SOURCE)
    panel = panel.links(list(label.links)) if label.links else panel
    for letter, (legend, expression) in zip("ABCDEFGH", queries.items(), strict=False):
        panel = panel.with_target(_query(letter, legend, expression, instant=instant))
    return panel


def words(states: Mapping[int, tuple[str, str]]) -> model.ValueMap:
    """Say a word in a colour for each of some values."""
    results = {
        str(value): model.ValueMappingResult(text=text, color=c) for value, (text, c) in states.items()
    }
    return model.ValueMap(options=results)


def _query(letter: str, legend: str, expression: str, *, instant: bool) -> prometheus.Dataquery:
    query = prometheus.Dataquery().ref_id(letter).expr(expression).datasource(SOURCE)
    query = query.instant() if instant else query.range()
    return query.legend_format(legend) if legend else query.format(PromQueryFormat.TABLE)
