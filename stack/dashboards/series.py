"""The series of an answer, with the names that a legend gives them.

Source: https://prometheus.io/docs/prometheus/latest/querying/api/#range-vectors
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Series", "series_of"]

FIELD = re.compile(r"\{\{\s*(.+?)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Series:
    """One series.

    Args:
        name: what the legend calls it.
        labels: its labels.
        points: its samples as Unix seconds and values; one that is no number is none.
    """

    name: str
    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]


def series_of(found: Sequence[Mapping[str, Any]], legend: str) -> tuple[Series, ...]:
    """Read an answer's series.

    Args:
        found: they, as the API gives them.
        legend: `{{env}} {{service}}`; without one a series is named by all of its labels.
    """
    return tuple(Series(_name(one["metric"], legend), one["metric"], tuple(_points(one))) for one in found)


def _points(one: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    for key, several in (("value", "values"), ("histogram", "histograms")):
        for at, value in (*one.get(several, ()), *([one[key]] if key in one else ())):
            number = _number(value["count"] if key == "histogram" else value)
            if not math.isnan(number):
                yield float(at), number


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:  # a query may be a text
        return math.nan


def _name(labels: Mapping[str, str], legend: str) -> str:
    if legend:
        return FIELD.sub(lambda found: labels.get(found[1], ""), legend).strip()
    inner = ", ".join(f'{key}="{value}"' for key, value in labels.items() if key != "__name__")
    return labels.get("__name__", "") + (f"{{{inner}}}" if inner else "")
