"""Alerts have somewhere to go: Prometheus without an Alertmanager fires them into nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import dig, mappings
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    known = mappings(dig(inspection.prometheus, "alerting", "alertmanagers"))
    if not inspection.alerts or any(_has_targets(body) for _, body in known):
        return
    where = f"{PROMETHEUS}: alerting.alertmanagers"
    summary = f"{len(inspection.alerts)} alert(s) are defined, but Prometheus knows no Alertmanager"
    chosen = inspection.stack.environment.services.get("alertmanager") is False
    yield Problem("alertmanager_wired", where, summary, Severity.WARNING if chosen else Severity.ERROR)


def _has_targets(body: Mapping[str, Any]) -> bool:
    static = any(group.get("targets") for _, group in mappings(body.get("static_configs")))
    return static or any(str(key).endswith("_sd_configs") and value for key, value in body.items())


CHECK = Check(proves="Prometheus knows an Alertmanager to send its alerts to", run=_run)
