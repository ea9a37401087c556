"""Prometheus sends its alerts to the Alertmanagers that were rendered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]


def _run(sight: Sight) -> str:
    address = sight.release.stack.address("alertmanager")
    active = sight.prometheus.alertmanagers()
    if not any(f"//{address}/" in url for url in active):
        message = f"Prometheus does not send to {address} yet"
        raise Waiting(message)
    return f"Prometheus sends to {', '.join(active)}"


PROBE = Probe(asks="whether alerts reach Alertmanager", run=_run, needs=("alertmanager", "prometheus"))
