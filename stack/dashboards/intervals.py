"""How often a graph is asked for its value, and what Grafana's own macros stand for then.

Sources: https://grafana.com/docs/grafana/latest/datasources/prometheus/template-variables/ and, for the
rounding, `roundInterval` and `calculatePrometheusInterval` of Grafana's own code.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.dashboards.spans import Span

__all__ = ["asked_from", "macros", "step_of"]

MOST = 11_000
"""Points of a series that Prometheus gives at most; Grafana never asks for more."""

ROUNDED = (
    (0.015, 0.01), (0.035, 0.02), (0.075, 0.05), (0.15, 0.1), (0.35, 0.2), (0.75, 0.5), (1.5, 1.0),
    (3.5, 2.0), (7.5, 5.0), (12.5, 10.0), (17.5, 15.0), (25.0, 20.0), (45.0, 30.0), (90.0, 60.0),
    (210.0, 120.0),
    (450.0, 300.0), (750.0, 600.0), (1050.0, 900.0), (1500.0, 1200.0), (2700.0, 1800.0), (5400.0, 3600.0),
    (9000.0, 7200.0), (16_200.0, 10_800.0), (32_400.0, 21_600.0), (86_400.0, 43_200.0), (604_800.0, 86_400.0),
    (1_814_400.0, 604_800.0), (3_628_800.0, 2_592_000.0),
)  # fmt: skip
"""Up to each first number of seconds an interval becomes the second one."""

LONGEST = 31_536_000.0


def step_of(span: Span, points: int, least: float, factor: int = 1) -> float:
    """Give the seconds between two points of a graph.

    Args:
        span: what the graph shows.
        points: how many there may be, as a rule one a pixel.
        least: the shortest step that makes sense, the data source's or the query's own.
        factor: how many times coarser the query wants it.
    """
    wanted = _rounded(span.length / max(1, points))
    return max(wanted, least, _rounded(span.length / MOST)) * max(1, factor)


def asked_from(span: Span, step: float) -> float:
    """Give the first moment that is asked for, so that the last one is the end.

    Grafana's own points are multiples of the step, so that a graph stands still while it is looked at. Of a
    stack that is younger than one step it would show nothing yet, which says nothing of its panels.
    """
    return span.end - span.length // step * step


def macros(span: Span, step: float, scrape: float) -> Mapping[str, str]:
    """Give what each of Grafana's own macros stands for.

    Args:
        span: what the panel shows.
        step: the seconds between two of its points.
        scrape: the seconds between two samples.
    """
    rate = max(step + scrape, 4 * scrape)
    lengths = {"interval": step, "rate_interval": rate, "range": span.length}
    texts = {f"__{name}": _duration(length) for name, length in lengths.items()}
    texts |= {f"__{name}_ms": f"{length * 1000:.0f}" for name, length in lengths.items()}
    instants = {"__from": f"{span.start * 1000:.0f}", "__to": f"{span.end * 1000:.0f}"}
    return {**texts, **instants, "__range_s": f"{span.length:.0f}"}


def _rounded(length: float) -> float:
    at = bisect_left(ROUNDED, (length, 0.0))
    return ROUNDED[at][1] if at < len(ROUNDED) else LONGEST


def _duration(length: float) -> str:
    return f"{length:.0f}s" if length == round(length) else f"{length * 1000:.0f}ms"
