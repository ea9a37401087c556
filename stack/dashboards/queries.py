"""The PromQL of a dashboard: of its panels, variables and annotations."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.documents import dig, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Query", "known_values", "queries"]

LABEL_VALUES = re.compile(r"\s*label_values\(\s*(?:(.+)\s*,)?\s*(\w+)\s*\)\s*", re.DOTALL)
QUERY_RESULT = re.compile(r"\s*query_result\((.+)\)\s*", re.DOTALL)
FIXED = frozenset({"constant", "custom", "interval", "textbox"})
"""Kinds of variables whose value the model itself holds."""


@dataclass(frozen=True, slots=True)
class Query:
    """One query.

    Args:
        place: what holds it: `panel "Memory"`.
        expression: its PromQL, variables not filled in; empty where it asks for a label of any series.
        label: the label whose values are asked for, where it is a variable's query.
    """

    place: str
    expression: str
    label: str = ""


def queries(model: Mapping[str, Any]) -> Iterator[Query]:
    """Yield every query to Prometheus; nothing of what is not shaped as Grafana's own models are.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
    """
    for panel in _panels(model):
        for _, target in mappings(panel.get("targets")):
            if isinstance(target.get("expr"), str) and _asks_prometheus(target, panel):
                yield Query(f'panel "{panel.get("title", "")}"', target["expr"])
    for _, variable in mappings(dig(model, "templating", "list")):
        if variable.get("type") == "query" and _asks_prometheus(variable, {}):
            yield from _of_variable(variable)
    for _, annotation in mappings(dig(model, "annotations", "list")):
        if isinstance(annotation.get("expr"), str) and _asks_prometheus(annotation, {}):
            yield Query(f'annotation "{annotation.get("name", "")}"', annotation["expr"])


def known_values(model: Mapping[str, Any]) -> dict[str, str]:
    """Give the present value of each variable whose values the model itself holds."""
    found = {}
    for _, variable in mappings(dig(model, "templating", "list")):
        value = dig(variable, "current", "value")
        if value is None:
            value = str(variable.get("query") or "").partition(",")[0].strip()
        # Several may be chosen at once, or Grafana chooses: then nobody knows.
        if variable.get("type") in FIXED and isinstance(value, str) and value and not value.startswith("$__"):
            found[str(variable.get("name"))] = value
    return found


def _panels(model: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield every panel; a row that is folded up holds its own."""
    waiting = [panel for _, panel in mappings(model.get("panels"))]
    while waiting:
        panel = waiting.pop(0)
        yield panel
        waiting = [inner for _, inner in mappings(panel.get("panels"))] + waiting


def _asks_prometheus(query: Mapping[str, Any], panel: Mapping[str, Any]) -> bool:
    """Whether a query goes to Prometheus; where a variable or a bare name leads to, nobody can tell."""
    source = query.get("datasource") or panel.get("datasource")
    return mapping(source).get("type", "prometheus") in {"prometheus", "datasource"}


def _of_variable(variable: Mapping[str, Any]) -> Iterator[Query]:
    query = variable.get("query")
    text = str(dig(query, "query") or "") if isinstance(query, dict) else str(query or "")
    place = f'variable "{variable.get("name", "")}"'
    if values := LABEL_VALUES.fullmatch(text):
        yield Query(place, values[1] or "", values[2])
    elif result := QUERY_RESULT.fullmatch(text):
        yield Query(place, result[1])
