"""What a browser asks for when a dashboard opens: every query, with its variables filled in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stack.dashboards.awaited import Awaited
from stack.dashboards.choices import choices
from stack.dashboards.filling import Filled, fill
from stack.dashboards.intervals import macros, step_of
from stack.dashboards.panels import panels
from stack.dashboards.spans import Span, length_of, panel_span, span_of
from stack.documents import dig

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.prometheus import Prometheus
    from stack.dashboards.filling import Choice
    from stack.dashboards.panels import Panel, Target
    from stack.dashboards.reading import Dashboard

__all__ = ["COLUMNS", "SCREEN", "Question", "Viewer", "questions"]

SCREEN = 1366
"""Pixels that a viewer's window is wide; a graph has a point for each of its own, as a rule."""

COLUMNS = 24
"""Of Grafana's grid."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who opens dashboards.

    Args:
        prometheus: the server behind the data source.
        now: the moment, in Unix seconds.
        scrape: the data source's scrape interval, in seconds.
        limit: seconds after which a query is given up.
        awaited: what need not be there.
        since: seconds to look back, in place of the stretch that each dashboard names; 0 for that one.
    """

    prometheus: Prometheus
    now: float
    scrape: float
    limit: float = 10.0
    awaited: Awaited = field(default_factory=Awaited)
    since: float = 0.0

    def span(self, model: Mapping[str, Any]) -> Span:
        """Give the stretch that a dashboard shows."""
        return Span(self.now - self.since, self.now) if self.since else span_of(model, self.now)


@dataclass(frozen=True, slots=True)
class Question:
    """One query of a panel, as it is sent.

    Args:
        dashboard: the dashboard's stem.
        place: the panel's and its own within it, counted from 0: titles and letters may be there twice.
        panel: the panel.
        letter: the query's `refId`.
        filled: its PromQL, and what could not be filled in.
        span: what the panel shows.
        legend: how its series are named, filled in.
        instant: whether it asks for this moment alone.
        step: the seconds between two points.
        elsewhere: why it is not asked: where else it goes to. Empty where it is.
    """

    dashboard: str
    place: tuple[int, int]
    panel: Panel
    letter: str
    filled: Filled
    span: Span
    legend: str = ""
    instant: bool = False
    step: float = 0.0
    elsewhere: str = ""

    @property
    def key(self) -> tuple[str, tuple[int, int]]:
        """What tells it from every other one."""
        return (self.dashboard, self.place)


def questions(dashboard: Dashboard, viewer: Viewer) -> Iterator[Question]:
    """Yield every query of a dashboard, in the order of its panels; its variables are asked for first."""
    model = dashboard.model
    span = viewer.span(model)
    known = choices(model, viewer.prometheus, span, macros(span, viewer.scrape, viewer.scrape))
    row = ""
    for number, panel in enumerate(panels(model)):
        row = str(panel.body.get("repeat") or "") if panel.kind == "row" else row
        chosen = _one_of(known, str(panel.body.get("repeat") or ""), row)
        bare = Question(dashboard.stem, (number, 0), panel, "", Filled(""), span)
        asked = [*(_asked(bare, target, chosen, viewer) for target in panel.targets)]
        asked += [replace(bare, letter=letter, elsewhere=reason) for letter, reason in panel.others]
        yield from (replace(one, place=(number, at)) for at, one in enumerate(asked))


def _asked(bare: Question, target: Target, known: Mapping[str, Choice], viewer: Viewer) -> Question:
    body = bare.panel.body
    shown = panel_span(body, bare.span, viewer.now)
    own = fill(target.interval, known, macros(shown, viewer.scrape, viewer.scrape)).text
    scrape = length_of(own) or viewer.scrape
    least = max(scrape, length_of(body.get("interval")) or 0.0)
    step = step_of(shown, _points(body), least, target.factor)
    stand = macros(shown, step, scrape)
    return replace(
        bare,
        letter=target.letter,
        filled=fill(target.expression, known, stand),
        span=shown,
        legend=fill(target.legend, known, stand).text,
        instant=target.instant,
        step=step,
    )


def _points(panel: Mapping[str, Any]) -> int:
    """Give the points that a panel has room for."""
    wanted, width = panel.get("maxDataPoints"), dig(panel, "gridPos", "w")
    if isinstance(wanted, int) and wanted > 0:
        return wanted
    return SCREEN * (width if isinstance(width, int) and 0 < width <= COLUMNS else COLUMNS) // COLUMNS


def _one_of(known: Mapping[str, Choice], *repeated: str) -> Mapping[str, Choice]:
    """Choose the first value alone of each variable for whose values a panel or its row is repeated."""
    first = {
        name: replace(known[name], values=known[name].values[:1], whole="")
        for name in filter(None, repeated)
        if name in known and known[name].values
    }
    return {**known, **first}
