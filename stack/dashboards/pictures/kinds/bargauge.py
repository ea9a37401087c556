"""The values of this moment beside each other as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from stack.dashboards.pictures.drawing import Kind
from stack.dashboards.pictures.reducing import calculations, reduced
from stack.dashboards.pictures.room import fitting, more

if TYPE_CHECKING:
    from stack.dashboards.pictures.drawing import Curve, Drawing

__all__ = ["KIND"]

BARS = Markup('<div class="bars">{}{}</div>')
BAR = Markup(
    '<div class="bar"><span class="name">{}</span>'
    '<span class="track"><i style="width:{}%;background:{}"></i></span><b>{}</b></div>'
)
LINE = 24


def _draw(drawing: Drawing) -> Markup:
    asked = calculations(drawing.panel, "reduceOptions", "calcs") or [("lastNotNull", "last")]
    found = [(one, reduced(one.series.points, asked[0][0]) or 0.0) for one in drawing.curves]
    room = fitting(len(found), drawing.height // LINE)
    low, high = _ends(drawing, [value for _, value in found])
    bars = [_bar(curve, value, (value - low) / (high - low)) for curve, value in found[:room]]
    return BARS.format(Markup().join(bars), more(len(found) - room))


def _ends(drawing: Drawing, values: list[float]) -> tuple[float, float]:
    least, most = drawing.look.number("min"), drawing.look.number("max")
    low = min(0.0, *values) if least is None else least
    high = max(0.0, *values) if most is None else most
    return (low, high) if high > low else (low, low + 1.0)


def _bar(curve: Curve, value: float, part: float) -> Markup:
    shade = curve.look.shade(value) or curve.colour
    width = round(100 * min(1.0, max(0.0, part)), 1)
    return BAR.format(curve.series.name or "value", width, shade, curve.look.text(value))


KIND = Kind(frozenset({"bargauge", "piechart"}), _draw)
