"""The data sources that Grafana is provisioned with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from stack.documents import mapping, mappings
from stack.services.grafana import DATA_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["Known", "known_sources", "provisioned"]

FOLDER = "grafana/provisioning/datasources/"


class Known(NamedTuple):
    """A data source: its uid, its name, and its type."""

    uid: str
    name: str
    type: str


def provisioned(inspection: Inspection) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the data sources of the rendered files, each with its place."""
    for file in inspection.configurations:
        if file.startswith(FOLDER):
            for index, body in mappings(mapping(inspection.document(file)).get("datasources")):
                yield f"{file}: datasources.{index}", body


def known_sources(inspection: Inspection) -> tuple[Known, ...]:
    """Give what dashboards may name; where no Grafana runs, what one would have."""
    found = tuple(
        Known(str(body.get("uid") or ""), str(body.get("name") or ""), str(body.get("type") or ""))
        for _, body in provisioned(inspection)
    )
    return found or (Known(DATA_SOURCE, "Prometheus", "prometheus"),)
