"""The shortest that a query's ranges may become, however far a viewer zooms in.

Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stack.duration import seconds

if TYPE_CHECKING:
    from stack.dashboards.queries import Query

__all__ = ["ranges"]

RANGE = re.compile(r"\[\s*(?:\$\{?(\w+)(?::\w+)?\}?|\[\[(\w+)\]\])\s*\]")
AMPLE = 10 * 365 * 86_400.0
"""Seconds that stand for a length which only a viewer knows."""


def ranges(query: Query, *, step: float) -> tuple[str, dict[float, str]]:
    """Give a query's text with the least lengths filled in, and how each of these was written.

    Args:
        query: the query.
        step: the data source's own least step, in seconds: the interval of scrapes.
    """
    lengths = _lengths(query, step)
    written: dict[float, str] = {}

    def fill(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        length = round(lengths.get(name, AMPLE), 3)
        written[length] = f"${name}"
        return f"[{length * 1000:.0f}ms]"

    return RANGE.sub(fill, query.expression), written


def _lengths(query: Query, step: float) -> dict[str, float]:
    """Give the least lengths of Grafana's macros in seconds, for the least steps of a query and its panel."""
    panel, target = query.shown or (None, None)
    of_query = _least(target.body.get("interval") if target else None, step)
    of_panel = _least(panel.body.get("interval") if panel else None, step)
    interval = max(of_query, of_panel)
    return {"__interval": interval, "__rate_interval": max(interval + of_query, 4 * of_query)}


def _least(written: object, step: float) -> float:
    """Read a least step as Grafana writes it: `1m`, in older versions `>1m`."""
    text = str(written or "").lstrip(">").strip()
    try:
        return max(seconds(text), step) if text else step
    except ValueError:
        return AMPLE  # a variable, and so the viewer's to choose
