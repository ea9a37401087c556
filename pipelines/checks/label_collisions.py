"""No target label hides one that the metrics carry: theirs would become `exported_…`, and rules go silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import mapping, mappings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

CARRIED = {
    "aetherlink-command-center": frozenset({"env", "service"}),
    "pushgateway": frozenset({"env", "instance", "job"}),
}
"""Labels that the metrics of a job are known to carry themselves."""
FEDERATION = frozenset({"env", "instance", "job"})


def _run(inspection: Inspection) -> Iterator[Problem]:
    for index, job in inspection.jobs:
        clashes = sorted(_carried(job) & _set(job)) if job.get("honor_labels") is not True else []
        if clashes:
            where = f"{PROMETHEUS}: scrape_configs.{index}"
            summary = (
                f"job '{job.get('job_name')}' sets {', '.join(clashes)}, which its metrics carry themselves"
            )
            hint = "`honor_labels: true` lets theirs win; without it they become exported_…"
            yield Problem("label_collisions", where, summary, hint=hint)


def _carried(job: Mapping[str, Any]) -> frozenset[str]:
    if job.get("metrics_path") == "/federate":
        return FEDERATION
    return CARRIED.get(str(job.get("job_name")), frozenset())


def _set(job: Mapping[str, Any]) -> set[str]:
    """Name the labels that a job sets on its targets; every job sets two."""
    static = (mapping(group.get("labels")) for _, group in mappings(job.get("static_configs")))
    relabelled = (rule.get("target_label") for _, rule in mappings(job.get("relabel_configs")))
    return {"job", "instance", *(str(name) for labels in static for name in labels), *map(str, relabelled)}


CHECK = Check(proves="no target label hides one that the metrics carry", run=_run)
