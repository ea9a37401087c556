"""The data sources that Grafana is provisioned with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pipelines.checks._windows import length
from stack.documents import dig, mapping, mappings
from stack.services.grafana import DATA_SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["Known", "known_sources", "provisioned", "step"]

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


def step(inspection: Inspection) -> float:
    """Give the least step of queries in seconds, as the data source says it, else the interval of scrapes.

    Source: https://grafana.com/docs/grafana/latest/datasources/prometheus/configure/
    """
    said = (dig(body, "jsonData", "timeInterval") for _, body in provisioned(inspection))
    usual = length(dig(inspection.prometheus, "global", "scrape_interval"), 60.0)
    return length(next(filter(None, said), None), usual)
