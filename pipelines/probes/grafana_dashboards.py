"""Grafana shows the rendered dashboards, by content: it skips a broken file without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting
from stack.clients.grafana import Grafana, differences
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.probe import Sight

__all__ = ["PROBE"]

FOLDER = "grafana/dashboards/"


def _run(sight: Sight) -> str:
    grafana = Grafana(sight.door("grafana"))
    paths = [path for path in sorted(sight.release.tree.files) if path.startswith(FOLDER)]
    for path in paths:
        _compare(path.removeprefix(FOLDER), sight.rendered(path), grafana)
    return f"{len(paths)} dashboards are there, as they were rendered"


def _compare(file: str, model: Mapping[str, object], grafana: Grafana) -> None:
    try:
        live = grafana.dashboard(str(model["uid"]))
    except HttpFailed as error:
        if error.status == 404:
            message = f"{file} is not there"
            raise Waiting(message) from error
        raise
    found = differences(model, live.model)
    if found:
        message = f"{file} is there with another {found[0]}"
        raise Waiting(message)


PROBE = Probe(asks="whether the rendered dashboards are there", run=_run, needs=("grafana",))
