"""A backup's outcome as metrics, so that one that fails, shrinks or grows old is itself an alert."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pipelines.core.history import last_good
from stack.errors import StackError

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["export"]


def export(effects: Effects, exit_code: int) -> None:
    """Write `monitoring_backup_*` where node exporter's textfile collector reads it.

    Source: https://github.com/prometheus/node_exporter#textfile-collector
    """
    from prometheus_client import CollectorRegistry, Gauge, generate_latest  # slow to import

    registry, journal = CollectorRegistry(), effects.journal
    task = journal.task
    told = {
        "last_run_timestamp_seconds": ("When the last run ended.", time.time()),
        "last_run_success": ("Whether the last run ended well.", float(exit_code == 0)),
        "last_run_duration_seconds": ("How long the last run took.", time.time() - journal.began),
        "last_success_timestamp_seconds": ("When the last good run began.", last_good(task, effects)),
        "last_size_bytes": ("What the last snapshot holds.", journal.facts.get("size")),
        "last_added_bytes": ("By how much the repository grew last.", journal.facts.get("added")),
        "last_newest_sample_timestamp_seconds": ("The newest sample of it.", journal.facts.get("newest")),
        "last_recovery_seconds": ("How long the last drill took to recover.", journal.facts.get("recovery")),
    }
    for name, (text, value) in told.items():
        if value is not None:
            gauge = Gauge(f"monitoring_backup_{name}", text, ("task",), registry=registry)
            gauge.labels(task).set(float(value))
    with suppress(OSError, StackError):  # a full disk must not hide how the run ended
        effects.runtime.export(f"{task}.prom", generate_latest(registry))
