"""Lines over time, stacked where the panel says so, with its thresholds."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from markupsafe import Markup

from stack.dashboards.pictures.drawing import Kind
from stack.dashboards.pictures.legends import legend, legend_height

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from stack.dashboards.pictures.drawing import Curve, Drawing
    from stack.dashboards.pictures.looks import Look

__all__ = ["KIND"]

FEW = 2
"""Points up to which a piece of a line is drawn as dots, since it would hardly be seen."""


def _draw(drawing: Drawing) -> Markup:
    from stack.dashboards.pictures.plots import axes, svg, time_axis, value_axis  # brings matplotlib along

    curves = drawing.curves
    height = max(40, drawing.height - legend_height(drawing, curves))
    with axes(drawing.width, height) as drawn:
        bases: dict[float, float] = {}
        for curve in curves:
            _line(drawn, curve, bases)
        value_axis(drawn, drawing.look.text, drawing.look.number("min"), drawing.look.number("max"))
        _thresholds(drawn, drawing.look)
        time_axis(drawn, drawing.span)
        return Markup("{}{}").format(svg(drawn), legend(drawing, curves))


def _line(drawn: Axes, curve: Curve, bases: dict[float, float]) -> None:
    from stack.dashboards.pictures.plots import split

    look = curve.look
    stacked = look.custom("stacking", "mode") in {"normal", "percent"}
    width = look.custom("lineWidth")
    thickness = 1.0 if not isinstance(width, int | float) else float(width)
    fill = (look.custom("fillOpacity") or 0) / 100
    for part in split(curve.series.points, curve.step):
        times = [at for at, _ in part]
        below = [bases.get(at, 0.0) if stacked else 0.0 for at in times]
        tops = [value + base for (_, value), base in zip(part, below, strict=True)]
        if stacked:
            bases.update(zip(times, tops, strict=True))
        dots = "." if len(part) <= FEW or look.custom("drawStyle") == "points" else ""
        drawn.plot(times, tops, color=curve.colour, linewidth=thickness, marker=dots, markersize=4)
        if fill:
            drawn.fill_between(times, below, tops, color=curve.colour, alpha=fill, linewidth=0)


def _thresholds(drawn: Axes, look: Look) -> None:
    """Draw the lines, or tint the areas, where the panel shows them; they do not stretch the scale."""
    mode = str(look.custom("thresholdsStyle", "mode") or "off")
    low, high = drawn.get_ylim()
    levels = [*look.lines, (high, "")]
    for (value, shade), (upper, _) in pairwise(levels):
        if "line" in mode or "dashed" in mode:
            drawn.axhline(value, color=shade, linewidth=1, linestyle="--" if "dashed" in mode else "-")
        if "area" in mode:
            drawn.axhspan(value, max(value, upper), color=shade, alpha=0.12, linewidth=0)
    drawn.set_ylim(low, high)


KIND = Kind(frozenset({"timeseries", "graph", "trend", "barchart"}), _draw)
