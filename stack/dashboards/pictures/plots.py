"""Graphs over time as SVG, by matplotlib: the same bytes for the same data."""

from __future__ import annotations

import io
import math
import re
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes

    from stack.dashboards.spans import Span

__all__ = ["axes", "split", "svg", "time_axis", "value_axis"]

# Text stays text: a page is a third as large, and can be searched. Names within it come from the salt alone.
SETTINGS: Any = {  # its keys are a type of three hundred names
    "svg.hashsalt": "dashboards",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
}
POINTS = 72
"""In an inch: here a point of the picture is a pixel of the page."""

TICKS = (
    *(1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200),
    *(86_400, 172_800, 604_800, 2_592_000),
)
GRID, INK = "#E4E7E7", "#52545C"
SIZE = re.compile(r'(width|height)="([\d.]+)pt"')
GAP = 1.5
"""Steps without a sample after which a line is broken."""


@contextmanager
def axes(width: int, height: int, *, bare: bool = False) -> Iterator[Axes]:
    """Give axes of so many pixels to draw on.

    Args:
        width: of the whole picture.
        height: of the whole picture.
        bare: whether there is nothing beside the lines: no scale, no frame.
    """
    with rc_context(SETTINGS):
        figure = Figure(figsize=(width / POINTS, height / POINTS), dpi=POINTS, layout=None)
        figure.patch.set_alpha(0.0)
        place = (0, 0, 1, 1) if bare else (56 / width, 18 / height, 1 - 64 / width, 1 - 24 / height)
        drawn = figure.add_axes(place)
        drawn.patch.set_alpha(0.0)
        drawn.spines[:].set_visible(False)
        drawn.set_axisbelow(True)
        drawn.tick_params(length=0, labelcolor=INK)
        if bare:
            drawn.set_axis_off()
        yield drawn


def svg(drawn: Axes) -> Markup:
    """Write the picture of axes as an SVG element."""
    text = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    drawn.get_figure(root=True).savefig(text, format="svg", metadata=nothing)  # type: ignore[union-attr] # axes on a figure
    whole = text.getvalue()
    sized = SIZE.sub(r'\1="\2"', whole[whole.index("<svg") :], count=2)
    return Markup(sized)  # noqa: S704 # matplotlib escapes what it writes


def time_axis(drawn: Axes, span: Span) -> None:
    """Let a stretch of time run from left to right, with the hour where a line of the grid is."""
    width = drawn.get_window_extent().width
    least = span.length / max(1, width / 70)
    step = next((tick for tick in TICKS if tick >= least), TICKS[-1])
    first = math.ceil(span.start / step) * step
    form = "%H:%M:%S" if step < 60 else "%H:%M" if step < 86_400 else "%m-%d"
    drawn.set_xlim(span.start, span.end)
    drawn.xaxis.set_major_locator(FixedLocator(_every(first, span.end, step)))
    drawn.xaxis.set_major_formatter(FuncFormatter(lambda at, _: f"{datetime.fromtimestamp(at, UTC):{form}}"))
    drawn.grid(visible=True, axis="x", color=GRID, linewidth=0.8)


def value_axis(drawn: Axes, text: Any, low: float | None, high: float | None) -> None:
    """Let values run upwards, between the given ends where there are any, each written by `text`."""
    bottom, top = drawn.get_ylim()
    if 0 < bottom < top - bottom:
        bottom = 0.0  # what begins so near to it is seen best against it
    if bottom < 0 < top and drawn.dataLim.y0 == drawn.dataLim.y1 == 0:
        bottom, top = 0.0, 1.0  # else a flat 0 would have a scale of hundredths
    drawn.set_ylim(bottom if low is None else low, top if high is None else high)
    drawn.yaxis.set_major_locator(MaxNLocator(nbins=4, min_n_ticks=2))
    drawn.yaxis.set_major_formatter(FuncFormatter(lambda value, _: text(value)))
    drawn.grid(visible=True, axis="y", color=GRID, linewidth=0.8)


def split(points: Sequence[tuple[float, float]], step: float) -> list[list[tuple[float, float]]]:
    """Part a series where samples are missing."""
    parts: list[list[tuple[float, float]]] = []
    for at, value in points:
        if not math.isfinite(value):
            continue
        if not parts or at - parts[-1][-1][0] > GAP * step:
            parts.append([])
        parts[-1].append((at, value))
    return parts


def _every(first: float, end: float, step: float) -> list[float]:
    return [first + step * place for place in range(int((end - first) / step) + 1)]
