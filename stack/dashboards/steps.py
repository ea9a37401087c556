"""The thresholds of a panel that a viewer sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.documents import dig, mapping, mappings

if TYPE_CHECKING:
    from stack.dashboards.panels import Panel

__all__ = ["steps"]

COLOURED = frozenset({"bargauge", "gauge", "stat"})
"""Kinds of panels that are coloured by their thresholds unless they say otherwise."""


def steps(panel: Panel) -> tuple[float, ...]:
    """Give the numbers from which on a panel has another colour; none where it shows no thresholds.

    Grafana writes some into every panel, whether they are shown or not.

    Source: https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/
    """
    defaults = mapping(dig(panel.body, "fieldConfig", "defaults"))
    thresholds = mapping(defaults.get("thresholds"))
    if thresholds.get("mode") == "percentage" or not _shows(panel):
        return ()
    numbers = (step.get("value") for _, step in mappings(thresholds.get("steps")))
    return tuple(float(number) for number in numbers if isinstance(number, int | float))


def _shows(panel: Panel) -> bool:
    defaults = mapping(dig(panel.body, "fieldConfig", "defaults"))
    if panel.kind in COLOURED:
        return str(dig(defaults, "color", "mode") or "thresholds") == "thresholds"
    return str(dig(defaults, "custom", "thresholdsStyle", "mode") or "off") != "off"
