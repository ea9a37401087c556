"""A run's outcome as metrics, so that a failed deploy is itself an alert."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["export"]


def export(effects: Effects, exit_code: int) -> None:
    """Write `monitoring_deploy_*` where node exporter's textfile collector reads it.

    Source: https://github.com/prometheus/node_exporter#textfile-collector
    """
    from prometheus_client import CollectorRegistry, Gauge, write_to_textfile  # slow to import

    folder = effects.folder / "textfile"
    if not folder.is_dir():  # nothing was ever deployed here
        return
    registry = CollectorRegistry()
    labels = {"task": effects.journal.task.partition(".")[0]}
    for name, value, text in (
        ("last_run_timestamp_seconds", time.time(), "When the last run ended."),
        ("last_run_success", float(exit_code == 0), "Whether the last run ended well."),
        ("last_run_duration_seconds", time.time() - effects.journal.began, "How long the last run took."),
    ):
        gauge = Gauge(f"monitoring_deploy_{name}", text, tuple(labels), registry=registry)
        gauge.labels(**labels).set(value)
    release = str(effects.journal.facts.get("release", ""))
    Gauge(
        "monitoring_deploy_release_info", "The release of the last run.", ("release",), registry=registry
    ).labels(release).set(1)
    with suppress(OSError):  # a full disk must not hide how the run ended
        write_to_textfile(str(folder / "deploy.prom"), registry)
