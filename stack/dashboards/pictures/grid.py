"""Where panels stand: Grafana's own grid, row after row.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/#panel-size-position
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from stack.dashboards.panels import panels
from stack.dashboards.questions import COLUMNS, SCREEN
from stack.documents import dig

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from stack.dashboards.panels import Panel

__all__ = ["CELL", "MARGIN", "Place", "Section", "sections"]

CELL, GAP, MARGIN = 30, 8, 16
"""Pixels: a row of the grid, what is between two cells, and what is beside the grid."""
LAST = 10_000
"""A row below all others."""


@dataclass(frozen=True, slots=True)
class Place:
    """A panel and its cells: the first column and row, counted from 0, and how many of each."""

    number: int
    panel: Panel
    x: int
    y: int
    columns: int
    rows: int

    @property
    def width(self) -> int:
        """Its width in pixels."""
        return (SCREEN - 2 * MARGIN + GAP) * self.columns // COLUMNS - GAP

    @property
    def height(self) -> int:
        """Its height in pixels."""
        return (CELL + GAP) * self.rows - GAP


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one row's heading, empty where there is none."""

    title: str
    places: tuple[Place, ...]

    @property
    def height(self) -> int:
        """The height of its panels in pixels."""
        rows = max((place.y + place.rows for place in self.places), default=0)
        return (CELL + GAP) * rows


def sections(model: Mapping[str, Any]) -> list[Section]:
    """Give the panels of a model by the rows that they stand under; what is folded up is shown, too."""
    found: list[tuple[str, list[tuple[int, Panel]]]] = [("", [])]
    for number, panel in enumerate(panels(model)):
        if panel.kind == "row":
            found.append((panel.title or "Row", []))
        else:
            found[-1][1].append((number, panel))
    return [_section(title, inner) for title, inner in found if title or inner]


def _section(title: str, inner: list[tuple[int, Panel]]) -> Section:
    """Move a row's panels up to its heading, and each up to those above it, as Grafana does."""
    placed: list[Place] = []
    for wanted in sorted((_place(*one) for one in inner), key=lambda one: (one.y, one.x)):
        above = (one.y + one.rows for one in placed if _shares_a_column(one, wanted))
        placed.append(replace(wanted, y=max(above, default=0)))
    return Section(title, tuple(placed))


def _shares_a_column(one: Place, other: Place) -> bool:
    return one.x < other.x + other.columns and other.x < one.x + one.columns


def _place(number: int, panel: Panel) -> Place:
    """Give a panel's cells; one that names none stands below those that do."""
    columns = min(COLUMNS, max(1, _cells(panel, "w", 12)))
    x = min(COLUMNS - columns, max(0, _cells(panel, "x", 0)))
    return Place(number, panel, x, _cells(panel, "y", LAST), columns, max(1, _cells(panel, "h", 8)))


def _cells(panel: Panel, key: str, usual: int) -> int:
    found = dig(panel.body, "gridPos", key)
    return min(found, LAST) if isinstance(found, int) else usual
