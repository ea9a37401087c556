"""The variables that a dashboard's model declares.

Source: https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.documents import dig, mappings

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["by_name", "declared", "query_of"]


def declared(model: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Give every variable, as the model holds it and in its order."""
    return [body for _, body in mappings(dig(model, "templating", "list"))]


def by_name(model: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Give every variable by its name, the last one of a name."""
    return {str(body.get("name")): body for body in declared(model)}


def query_of(variable: Mapping[str, Any]) -> str:
    """Give the text of a variable's query: a text of its own, or since Grafana 7 within an object."""
    query = variable.get("query")
    return str((dig(query, "query") if isinstance(query, dict) else query) or "")
