"""Grafana's data source gives data: a query through it, as a panel asks, answers what Prometheus answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting
from stack.clients.grafana import Grafana

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]

QUERY = 'up{job="prometheus"}'


def _run(sight: Sight) -> str:
    grafana = Grafana(sight.door("grafana"))
    grafana.check_login()
    values = [sample.value for sample in grafana.query(QUERY)]
    if values != [1.0]:
        message = f"{QUERY} gives {values or 'nothing'} through the data source"
        raise Waiting(message)
    return "the generated password logs in, and the data source answers a query"


PROBE = Probe(asks="whether Grafana's data source answers", run=_run, needs=("grafana", "prometheus"))
