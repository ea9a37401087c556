"""How a backup or a drill ended, as metrics, so that one that fails, shrinks or grows old is an alert."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pipelines.core.history import last_facts, last_good
from stack.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prometheus_client import CollectorRegistry

    from pipelines.core.effects import Effects

__all__ = ["BACKUP", "DRILL", "export"]

BACKUP, DRILL = "backup", "restore.drill"

FACTS = {BACKUP: ("size", "added", "objects"), DRILL: ("newest", "recovery")}
"""What a run notes of what it made, by its task; one that fails before it knows makes none of it untrue."""


def export(effects: Effects, exit_code: int) -> None:
    """Write `monitoring_backup_*` where node exporter's textfile collector reads it.

    What is not known is left out, and what an earlier run has found stands until another one finds it anew.

    Args:
        effects: those of the run; its record is written already.
        exit_code: how it ended.

    Source: https://github.com/prometheus/node_exporter#textfile-collector
    """
    from prometheus_client import CollectorRegistry, Gauge, generate_latest  # slow to import

    registry, task = CollectorRegistry(), effects.journal.task
    facts = last_facts(task, effects, FACTS.get(task, ())) | effects.journal.facts
    for name, (text, value) in {**_of_run(effects, exit_code), **_of_facts(facts, effects)}.items():
        if value is not None:
            gauge = Gauge(f"monitoring_backup_{name}", text, ("task",), registry=registry)
            gauge.labels(task).set(float(value))
    _objects(task, facts.get("objects") or {}, registry)
    with suppress(OSError, StackError):  # a full disk must not hide how the run ended
        effects.runtime.export(f"{task}.prom", generate_latest(registry))


def _of_run(effects: Effects, exit_code: int) -> dict[str, tuple[str, float | None]]:
    journal, now = effects.journal, time.time()
    return {
        "last_run_timestamp_seconds": ("When the last run ended.", now),
        "last_run_success": ("Whether the last run ended well.", float(exit_code == 0)),
        "last_run_duration_seconds": ("How long the last run took.", now - journal.began),
        "last_success_timestamp_seconds": (
            "When the last good run began.",
            last_good(journal.task, effects),
        ),
    }


def _of_facts(facts: Mapping[str, Any], effects: Effects) -> dict[str, tuple[str, float | None]]:
    return {
        "last_size_bytes": ("What the last snapshot holds.", facts.get("size")),
        "last_added_bytes": ("By how much the repository grew last.", facts.get("added")),
        "last_verified_timestamp_seconds": (
            "When a snapshot was last seen to be whole.",
            _verified(effects),
        ),
        "last_newest_sample_timestamp_seconds": (
            "The newest sample that the last drill brought back.",
            facts.get("newest"),
        ),
        "last_recovery_seconds": ("How long the last drill took to recover.", facts.get("recovery")),
    }


def _verified(effects: Effects) -> float | None:
    """Give when a snapshot was verified last, be it by a backup or by itself; a drill has no part in it."""
    from backups.place import Place
    from backups.verified import Verified  # brings YAML along

    if effects.journal.task != BACKUP:
        return None
    place = Place(effects.var / "backups" / effects.options.environment)
    return Verified.read(place.verified).at or None


def _objects(task: str, parts: Mapping[str, Mapping[str, int]], registry: CollectorRegistry) -> None:
    from prometheus_client import Gauge  # slow to import

    if not parts:
        return
    text = "How many the last snapshot holds of each kind: samples, silences, dashboards."
    names = ("task", "part", "kind")
    gauge = Gauge("monitoring_backup_last_objects", text, names, registry=registry)
    for part, counts in parts.items():
        for kind, count in counts.items():
            gauge.labels(task, part, kind).set(count)
