"""No target label hides one that the metrics carry: theirs would become `exported_…`, and rules go silent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from stack.contract.jobs import contract_name
from stack.documents import mapping, mappings
from stack.report import Problem
from stack.scrape import owners

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection
    from stack.contract.family import Contract

__all__ = ["CHECK"]

FEDERATION = frozenset({"env", "instance", "job"})
"""Labels of what another Prometheus hands on."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    known, services = inspection.contracts.by_name, owners(inspection.stack)
    for index, job in inspection.jobs:
        if job.get("honor_labels") is True:
            continue
        name = contract_name(job, known, services)
        if clashes := sorted(_carried(job, known.get(name or "")) & _set(job)):
            where = f"{PROMETHEUS}: scrape_configs.{index}"
            summary = (
                f"job '{job.get('job_name')}' sets {', '.join(clashes)}, which its metrics carry themselves"
            )
            hint = "`honor_labels: true` lets theirs win; without it they become exported_…"
            yield Problem("label_collisions", where, summary, hint=hint)


def _carried(job: Mapping[str, Any], contract: Contract | None) -> frozenset[str]:
    if job.get("metrics_path") == "/federate":
        return FEDERATION
    return contract.labels if contract else frozenset()


def _set(job: Mapping[str, Any]) -> set[str]:
    """Name the labels that a job sets on its targets; every job sets two."""
    static = (mapping(group.get("labels")) for _, group in mappings(job.get("static_configs")))
    relabelled = (rule.get("target_label") for _, rule in mappings(job.get("relabel_configs")))
    return {"job", "instance", *(str(name) for labels in static for name in labels), *map(str, relabelled)}


CHECK = Check(proves="no target label hides one that the metrics carry", run=_run)
