"""The data sources that a dashboard names, and what each of these names is.

Source: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from stack.dashboards.panels import panels
from stack.dashboards.templating import declared
from stack.documents import dig, mapping, mappings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Naming", "Reference", "choices", "inputs", "references"]

VARIABLE = re.compile(r"\$\{([^{}:]+)(?::\w+)?\}|\[\[(\w+)\]\]|\$(\w+)")
MIXED = "-- Mixed --"
OWN = {"-- Grafana --", MIXED, "-- Dashboard --", "grafana", "__expr__"}
"""What Grafana brings along, by uid."""
OWN_TYPES = {"datasource", "__expr__", "grafana"}
ASKING = {"adhoc", "groupby", "query"}
"""Types of variables that ask a data source for their values."""


class Naming(Enum):
    """How a data source is named."""

    NOT = "not at all: Grafana takes the default one"
    OWN = "it is one of Grafana's own"
    VARIABLE = "by a variable that the viewer chooses"
    PARTLY = "by a text with variables in it"
    FIXED = "by its uid or its name"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place that names a data source.

    Args:
        place: what names it: `panel "Memory"`.
        naming: how.
        name: its uid, its name, or that of the variable.
    """

    place: str
    naming: Naming
    name: str = ""

    @classmethod
    def of(cls, place: str, value: object) -> Reference:
        """Read one: a text until version 33 of the schema, since then its type and uid."""
        uid = value if isinstance(value, str) else str(mapping(value).get("uid") or "")
        if uid in OWN or str(mapping(value).get("type")) in OWN_TYPES:
            return cls(place, Naming.OWN)
        if uid in {"", "default"}:
            return cls(place, Naming.NOT)
        if found := VARIABLE.fullmatch(uid):
            return cls(place, Naming.VARIABLE, found[1] or found[2] or found[3])
        return cls(place, Naming.PARTLY if VARIABLE.search(uid) else Naming.FIXED, uid)


def references(model: Mapping[str, Any]) -> Iterator[Reference]:
    """Yield each place that asks a data source for something."""
    for panel in panels(model):
        usual = panel.body.get("datasource")
        if MIXED in (usual, dig(usual, "uid")):
            usual = None  # each query names its own
        for _, target in mappings(panel.body.get("targets")):
            yield Reference.of(panel.place, target.get("datasource") or usual)
    for variable in declared(model):
        if str(variable.get("type")) in ASKING:
            yield Reference.of(f'variable "{variable.get("name", "")}"', variable.get("datasource"))
    for _, annotation in mappings(dig(model, "annotations", "list")):
        if not annotation.get("builtIn"):
            yield Reference.of(f'annotation "{annotation.get("name", "")}"', annotation.get("datasource"))


def choices(model: Mapping[str, Any]) -> dict[str, str]:
    """Give the variables by which a viewer chooses a data source: the type that each offers, by name."""
    return {
        str(variable.get("name")): str(variable.get("query") or "")
        for variable in declared(model)
        if variable.get("type") == "datasource"
    }


def inputs(model: Mapping[str, Any]) -> dict[str, str]:
    """Give the data sources that only Grafana's import dialog would ask for: their types, by name."""
    found = (body for _, body in mappings(model.get("__inputs")) if body.get("type") == "datasource")
    return {str(body.get("name")): str(body.get("pluginId") or "") for body in found}
