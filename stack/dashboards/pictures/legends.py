"""A graph's legend: the names of its series, with the numbers that its options ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from stack.dashboards.pictures.reducing import calculations, reduced
from stack.dashboards.pictures.room import fitting, more
from stack.documents import dig

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.dashboards.pictures.drawing import Curve, Drawing

__all__ = ["legend", "legend_height"]

LINE = 16
"""Pixels of a row."""

PART = 0.4
"""How much of a panel it may take."""

LIST = Markup('<div class="legend">{}</div>')
NAME = Markup('<span class="name"><i style="background:{}"></i>{}</span>')
TABLE = Markup('<table class="legend"><tr><th></th>{}</tr>{}</table>')


def legend_height(drawing: Drawing, curves: Sequence[Curve]) -> int:
    """Give the pixels that the legend takes."""
    if not _is_shown(drawing):
        return 0
    rows = (
        len(curves) + 1
        if _is_table(drawing)
        else 1 + sum(len(c.series.name) + 5 for c in curves) * 6 // drawing.width
    )
    most = int(drawing.height * PART) // LINE
    return LINE * max(1, min(rows, most))


def legend(drawing: Drawing, curves: Sequence[Curve]) -> Markup:
    """Write the legend, as many rows as have room."""
    if not _is_shown(drawing) or not curves:
        return Markup()
    if not _is_table(drawing):
        return LIST.format(Markup(" ").join(_name(curve) for curve in curves))
    room = fitting(len(curves), legend_height(drawing, curves) // LINE - 1)
    asked = calculations(drawing.panel, "legend", "calcs")
    heads = Markup().join(Markup("<th>{}</th>").format(spoken) for _, spoken in asked)
    rows = Markup().join(_row(curve, [name for name, _ in asked]) for curve in curves[:room])
    return TABLE.format(heads, rows) + more(len(curves) - room)


def _row(curve: Curve, names: Sequence[str]) -> Markup:
    numbers = [reduced(curve.series.points, name) for name in names]
    cells = Markup().join(
        Markup("<td>{}</td>").format("" if number is None else curve.look.text(number)) for number in numbers
    )
    return Markup("<tr><td>{}</td>{}</tr>").format(_name(curve), cells)


def _name(curve: Curve) -> Markup:
    return NAME.format(curve.colour, curve.series.name or "value")


def _is_shown(drawing: Drawing) -> bool:
    return dig(drawing.panel.body, "options", "legend", "showLegend") is not False


def _is_table(drawing: Drawing) -> bool:
    mode: object = dig(drawing.panel.body, "options", "legend", "displayMode")
    return mode == "table"
