"""A run's outcome as metrics, so that a failed deploy is itself an alert."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelines.core.tested import counts_of
from stack.errors import StackError

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from pipelines.core.effects import Effects
    from pipelines.core.journal import Journal

__all__ = ["export"]


def export(effects: Effects, exit_code: int) -> None:
    """Write `monitoring_deploy_*` where node exporter's textfile collector reads it.

    Source: https://github.com/prometheus/node_exporter#textfile-collector
    """
    from prometheus_client import CollectorRegistry, Gauge, generate_latest  # slow to import

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
    _tests(effects.journal, labels, registry)
    with suppress(OSError, StackError):  # a full disk must not hide how the run ended
        effects.runtime.export("deploy.prom", generate_latest(registry))


def _tests(journal: Journal, labels: dict[str, str], registry: CollectorRegistry) -> None:
    from prometheus_client import Gauge  # slow to import

    text = "How many checks, probes and rule tests the last run asked, by how they ended."
    names = (*labels, "kind", "outcome")
    gauge = Gauge("monitoring_deploy_last_run_tests", text, names, registry=registry)
    for kind, counts in counts_of(journal).items():
        for outcome, count in counts.items():
            gauge.labels(**labels, kind=kind, outcome=outcome).set(count)
