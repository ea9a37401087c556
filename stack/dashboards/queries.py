"""The PromQL of a dashboard: of its panels, variables and annotations."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.dashboards.panels import asks_prometheus, panels
from stack.dashboards.templating import declared, query_of
from stack.documents import dig, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.dashboards.panels import Panel, Target

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
        shown: the panel that shows it, and the query there; None for variables and annotations.
        source: the data source that it names, as the model holds it.
        variable: the variable whose values it gives.
    """

    place: str
    expression: str
    label: str = ""
    shown: tuple[Panel, Target] | None = field(default=None, repr=False, compare=False)
    source: object = field(default=None, repr=False, compare=False)
    variable: str = field(default="", repr=False, compare=False)


def queries(model: Mapping[str, Any]) -> Iterator[Query]:
    """Yield every query to Prometheus; nothing of what is not shaped as Grafana's own models are.

    Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
    """
    for panel in panels(model):
        for target in panel.targets:
            source = target.body.get("datasource") or panel.body.get("datasource")
            yield Query(panel.place, target.expression, shown=(panel, target), source=source)
    for variable in declared(model):
        if variable.get("type") == "query" and asks_prometheus(variable, {}):
            yield from _of_variable(variable)
    for _, annotation in mappings(dig(model, "annotations", "list")):
        # Where it stands depends on who saved it last: a person's editor, or a program.
        expression = annotation.get("expr") or dig(annotation, "target", "expr")
        if isinstance(expression, str) and asks_prometheus(annotation, {}):
            place = f'annotation "{annotation.get("name", "")}"'
            yield Query(place, expression, source=annotation.get("datasource"))


def known_values(model: Mapping[str, Any]) -> dict[str, str]:
    """Give the present value of each variable whose values the model itself holds."""
    found = {}
    for variable in declared(model):
        value = dig(variable, "current", "value")
        if value is None:
            value = str(variable.get("query") or "").partition(",")[0].strip()
        # Several may be chosen at once, or Grafana chooses: then nobody knows.
        if (
            str(variable.get("type")) in FIXED
            and isinstance(value, str)
            and value
            and not value.startswith("$__")
        ):
            found[str(variable.get("name"))] = value
    return found


def _of_variable(variable: Mapping[str, Any]) -> Iterator[Query]:
    text = query_of(variable)
    name, source = str(variable.get("name") or ""), variable.get("datasource")
    place = f'variable "{name}"'
    if values := LABEL_VALUES.fullmatch(text):
        yield Query(place, values[1] or "", values[2], source=source, variable=name)
    elif result := QUERY_RESULT.fullmatch(text):
        yield Query(place, result[1], source=source, variable=name)
