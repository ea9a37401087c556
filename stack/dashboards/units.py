"""Whether a panel says in which unit its numbers are, in the words of any age of Grafana."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.documents import dig, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.dashboards.panels import Panel

__all__ = ["has_unit"]


def has_unit(panel: Panel) -> bool:
    """Say whether a panel has a unit, or one of its columns or axes."""
    return any(_units(panel))


def _units(panel: Panel) -> Iterator[object]:
    body = panel.body
    yield panel.unit
    for _, override in mappings(dig(body, "fieldConfig", "overrides")):
        yield from (
            one.get("value") for _, one in mappings(override.get("properties")) if one.get("id") == "unit"
        )
    yield dig(body, "options", "yAxis", "unit")  # heatmap
    # Until Grafana 7: singlestat and gauge, graph, heatmap, table.
    yield body.get("format")
    yield dig(body, "yAxis", "format")
    yield dig(body, "options", "fieldOptions", "defaults", "unit")
    yield from (axis.get("format") for _, axis in mappings(body.get("yaxes")))
    yield from (style.get("unit") for _, style in mappings(body.get("styles")))
