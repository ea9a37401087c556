"""One large number for each series, its course small behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from stack.dashboards.pictures.drawing import Kind
from stack.dashboards.pictures.reducing import calculations, reduced
from stack.documents import dig

if TYPE_CHECKING:
    from stack.dashboards.pictures.drawing import Curve, Drawing

__all__ = ["KIND"]

CELLS = Markup('<div class="stats">{}</div>')
CELL = Markup('<div class="stat" style="color:{};font-size:{}px">{}<b>{}</b>{}</div>')
NAME = Markup('<span class="of">{}</span>')
INK = "#24292E"
LEAST, MOST = 40, 24
"""Pixels of height from which a course is drawn, and series that are shown at most."""


def _draw(drawing: Drawing) -> Markup:
    curves = drawing.curves[:MOST]
    if not curves:
        return Markup('<div class="stats"><b>{}</b></div>').format(
            drawing.look.field.get("noValue") or "No data"
        )
    return CELLS.format(Markup().join(_cell(curve, drawing, len(curves)) for curve in curves))


def _cell(curve: Curve, drawing: Drawing, count: int) -> Markup:
    asked = calculations(drawing.panel, "reduceOptions", "calcs") or [("lastNotNull", "last")]
    value = reduced(curve.series.points, asked[0][0]) or 0.0
    text, shade = curve.look.text(value), curve.look.shade(value) or INK
    width = drawing.width // count
    size = max(12, min(drawing.height * 0.45, 1.25 * width / max(4, len(text)), 48))
    name = NAME.format(curve.series.name) if count > 1 and curve.series.name else Markup()
    return CELL.format(shade, round(size), name, text, _course(curve, drawing, width, shade))


def _course(curve: Curve, drawing: Drawing, width: int, shade: str) -> Markup:
    wanted = dig(drawing.panel.body, "options", "graphMode") != "none" and drawing.panel.kind == "stat"
    if not wanted or len(curve.series.points) < 2 or drawing.height < LEAST:
        return Markup()
    from stack.dashboards.pictures.plots import axes, split, svg  # brings matplotlib along

    with axes(max(20, width), max(10, drawing.height // 3), bare=True) as drawn:
        for part in split(curve.series.points, curve.step):
            times, values = zip(*part, strict=True)
            drawn.plot(times, values, color=shade, linewidth=1)
            drawn.fill_between(times, values, min(0.0, *values), color=shade, alpha=0.2, linewidth=0)
        drawn.set_xlim(drawing.span.start, drawing.span.end)
        return svg(drawn)


KIND = Kind(frozenset({"stat", "gauge", "singlestat"}), _draw)
