"""Every panel has its place: within Grafana's 24 columns, and over no other."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from pipelines.checks._seen import Seen, house_rule
from pipelines.core.check import Check
from stack.dashboards.panels import Panel
from stack.documents import mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pipelines.core.check import Inspection
    from stack.report import Problem

__all__ = ["CHECK"]

COLUMNS = 24


class Cell(NamedTuple):
    """A panel, and the cells of the grid that it takes: its left upper one, its width and its height."""

    panel: Panel
    x: float
    y: float
    w: float
    h: float

    def over(self, other: Cell) -> bool:
        """Say whether the two have a cell in common."""
        beside = self.x + self.w <= other.x or other.x + other.w <= self.x
        return not beside and self.y < other.y + other.h and other.y < self.y + self.h


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule("dashboard_grid", inspection, _look)


def _look(name: str, model: Mapping[str, Any]) -> Iterator[Seen]:
    del name
    top = _of(model)
    for panels in (top, *(_of(panel.body) for panel in top if panel.kind == "row")):
        places = [(panel, _cell(panel)) for panel in panels]
        for panel, place in places:
            if place is None:
                yield Seen(panel.place, "has no place on the grid", "gridPos: x, y, w and h")
        cells = [place for _, place in places if place is not None]
        for cell in cells:
            yield from _beyond(cell)
        for one, other in combinations(cells, 2):
            if one.over(other):
                yield Seen(f"{one.panel.place} and {other.panel.place}", "one lies over the other")


def _of(holder: Mapping[str, Any]) -> list[Panel]:
    """Give the panels of a dashboard, or of a row that is folded up: these lie on a grid of their own."""
    found = (body for _, body in mappings(holder.get("panels")))
    return [Panel(body, "") for body in found if not body.get("repeatPanelId")]


def _cell(panel: Panel) -> Cell | None:
    place = mapping(panel.body.get("gridPos"))
    numbers = [place.get(key) for key in ("x", "y", "w", "h")]
    if not all(isinstance(number, int | float) for number in numbers):
        return None
    return Cell(panel, *(float(number or 0) for number in numbers))


def _beyond(cell: Cell) -> Iterator[Seen]:
    if cell.w <= 0 or cell.h <= 0:
        yield Seen(cell.panel.place, f"is {cell.w:g} columns wide and {cell.h:g} rows high")
    elif cell.x < 0 or cell.y < 0 or cell.x + cell.w > COLUMNS:
        reach = f"from column {cell.x:g} to {cell.x + cell.w:g}"
        yield Seen(cell.panel.place, f"reaches {reach}, and the grid has {COLUMNS}")


CHECK = Check(proves="every panel lies within the grid, and over no other", run=_run, lasting=True)
