"""One number of a series: its last, highest, mean, as a panel's options name it.

Source: https://grafana.com/docs/grafana/latest/panels-visualizations/query-transform-data/calculation-types/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.documents import dig, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from stack.dashboards.panels import Panel

__all__ = ["calculations", "reduced"]

CALCULATIONS: Mapping[str, Callable[[Sequence[float]], float]] = {
    "count": len,
    "delta": lambda values: values[-1] - values[0],
    "diff": lambda values: values[-1] - values[0],
    "first": lambda values: values[0],
    "firstNotNull": lambda values: values[0],
    "last": lambda values: values[-1],
    "lastNotNull": lambda values: values[-1],
    "max": max,
    "mean": lambda values: sum(values) / len(values),
    "min": min,
    "range": lambda values: max(values) - min(values),
    "sum": sum,
}
SPOKEN = {"lastNotNull": "last", "firstNotNull": "first"}


def reduced(points: Sequence[tuple[float, float]], calculation: str) -> float | None:
    """Give the number of a series, its last value where the calculation is not known; None of no points."""
    values = [value for _, value in points]
    return CALCULATIONS.get(calculation, CALCULATIONS["last"])(values) if values else None


def calculations(panel: Panel, *keys: str) -> list[tuple[str, str]]:
    """Name the calculations that a panel's options ask for: as models name them, and as people do."""
    found = [name for _, name in strings(dig(panel.body, "options", *keys))]
    return [(name, SPOKEN.get(name, name)) for name in found]
