"""The panels of a dashboard's model, in the order in which a viewer sees them.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.documents import dig, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Panel", "Target", "asks_prometheus", "panels"]


@dataclass(frozen=True, slots=True)
class Target:
    """One query of a panel to Prometheus.

    Args:
        letter: its `refId`.
        expression: its PromQL, variables not filled in.
        legend: how its series are named, empty where Grafana names them by their labels.
        instant: whether it asks for this moment alone.
        body: it as the model holds it.
    """

    letter: str
    expression: str
    legend: str
    instant: bool
    body: Mapping[str, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def interval(self) -> str:
        """The shortest step that it wants, `30s`; empty where it has none of its own."""
        found = self.body.get("interval")
        return found if isinstance(found, str) else ""

    @property
    def factor(self) -> int:
        """How many times coarser than the panel it wants to be."""
        found = self.body.get("intervalFactor")
        return found if isinstance(found, int) and found > 0 else 1


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel, rows among them; a row that is folded up holds its own, which follow it here.

    Args:
        body: it as the model holds it; anything may be missing.
        row: the title of the row that it stands under, empty above the first.
    """

    body: Mapping[str, Any]
    row: str

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.body.get("title") or "")

    @property
    def place(self) -> str:
        """How it is named to people: `panel "Memory"`."""
        return f'panel "{self.title}"'

    @property
    def kind(self) -> str:
        """What draws it: `timeseries`, `stat`, `row`."""
        return str(self.body.get("type") or "")

    @property
    def unit(self) -> str:
        """Its unit as Grafana names it, empty for none."""
        return str(dig(self.body, "fieldConfig", "defaults", "unit") or "")

    @property
    def targets(self) -> tuple[Target, ...]:
        """Its queries to Prometheus; one that is switched off is none."""
        return tuple(_target(body) for body in self._asking if _is_promql(body, self.body))

    @property
    def others(self) -> tuple[tuple[str, str], ...]:
        """The letters of its other queries, and why each is none to Prometheus."""
        rest = (body for body in self._asking if not _is_promql(body, self.body))
        return tuple((str(body.get("refId") or ""), _reason(body, self.body)) for body in rest)

    @property
    def _asking(self) -> Iterator[Mapping[str, Any]]:
        return (body for _, body in mappings(self.body.get("targets")) if not body.get("hide"))


def panels(model: Mapping[str, Any]) -> Iterator[Panel]:
    """Yield every panel and every row; nothing of what is not shaped as Grafana's own models are.

    Before version 16 of its schema a model holds rows, and these the panels.
    """
    row = ""
    waiting = [body for _, body in mappings(model.get("panels"))]
    waiting = waiting or [{**body, "type": "row"} for _, body in mappings(model.get("rows"))]
    while waiting:
        panel = Panel(waiting.pop(0), row)
        if panel.kind == "row":
            panel, row = Panel(panel.body, ""), panel.title
        yield panel
        waiting = [inner for _, inner in mappings(panel.body.get("panels"))] + waiting


def asks_prometheus(query: Mapping[str, Any], holder: Mapping[str, Any]) -> bool:
    """Whether a query goes to Prometheus; where a variable or a bare name leads to, nobody can tell."""
    source = query.get("datasource") or holder.get("datasource")
    return str(mapping(source).get("type", "prometheus")) in {"prometheus", "datasource"}


def _is_promql(query: Mapping[str, Any], panel: Mapping[str, Any]) -> bool:
    expression = query.get("expr")
    return isinstance(expression, str) and expression.strip() != "" and asks_prometheus(query, panel)


def _reason(query: Mapping[str, Any], panel: Mapping[str, Any]) -> str:
    if asks_prometheus(query, panel):
        return "it holds no PromQL"
    source = mapping(query.get("datasource") or panel.get("datasource"))
    return f"it asks {source.get('type')}, not Prometheus"


def _target(body: Mapping[str, Any]) -> Target:
    legend = body.get("legendFormat")
    return Target(
        letter=str(body.get("refId") or ""),
        expression=body["expr"],
        legend=legend if isinstance(legend, str) and legend != "__auto" else "",
        instant=bool(body.get("instant")),
        body=body,
    )
