"""A band for each series, parted where its value changes, with the word and colour of each value."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from stack.dashboards.pictures.drawing import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markupsafe import Markup
    from matplotlib.axes import Axes

    from stack.dashboards.pictures.drawing import Curve, Drawing

__all__ = ["KIND"]

GREY = "#9FA7B3"
ROOM = 7
"""Pixels that a letter takes."""

MOST = 40


def _draw(drawing: Drawing) -> Markup:
    from stack.dashboards.pictures.plots import INK, axes, svg, time_axis  # brings matplotlib along

    curves = drawing.curves[:MOST]
    margin = min(drawing.width // 3, max((len(one.series.name) for one in curves), default=0) * 6 + 10)
    with axes(drawing.width, drawing.height) as drawn:
        drawn.set_position(
            (margin / drawing.width, 18 / drawing.height, 0.985 - margin / drawing.width, 0.88)
        )
        time_axis(drawn, drawing.span)
        for row, curve in enumerate(curves):
            _band(drawn, row, curve, (drawing.width - margin) / drawing.span.length)
        drawn.set_yticks(range(len(curves)), [one.series.name for one in curves], fontsize=8, color=INK)
        drawn.set_ylim(len(curves) - 0.45, -0.55)
        return svg(drawn)


def _band(drawn: Axes, row: int, curve: Curve, scale: float) -> None:
    for start, end, value in _pieces(curve):
        shade, word = curve.look.shade(value) or GREY, curve.look.text(value)
        drawn.broken_barh([(start, end - start)], (row - 0.4, 0.8), facecolors=shade, alpha=0.85)
        if (end - start) * scale > len(word) * ROOM:
            drawn.text((start + end) / 2, row, word, ha="center", va="center", color="white", fontsize=8)


def _pieces(curve: Curve) -> Iterator[tuple[float, float, float]]:
    """Yield each stretch in which the value stays the same: from, to, and the value."""
    from stack.dashboards.pictures.plots import split

    for part in split(curve.series.points, curve.step):
        ends = [*(at for at, _ in part[1:]), part[-1][0] + curve.step]
        timed = [(at, end, value) for (at, value), end in zip(part, ends, strict=True)]
        for value, piece in groupby(timed, key=lambda one: one[2]):
            whole = list(piece)
            yield whole[0][0], whole[-1][1], value


KIND = Kind(frozenset({"state-timeline", "status-history"}), _draw)
