"""Every job's series carry `env`: external labels do not stand on local series, and routes need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import mapping, mappings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

LABELLING = {"http_sd_configs", "file_sd_configs"}
"""Discoveries whose answer brings labels of its own."""


def _run(inspection: Inspection) -> Iterator[Problem]:
    for index, job in inspection.jobs:
        for path in () if _relabels(job) else _bare(job):
            where = f"{PROMETHEUS}: scrape_configs.{index}{path}"
            hint = "set it under `labels`, or by `relabel_configs` with `target_label: env`"
            summary = f"targets of job '{job.get('job_name')}' have no label `env`"
            yield Problem("job_env_label", where, summary, hint=hint)


def _relabels(job: Mapping[str, Any]) -> bool:
    return any(rule.get("target_label") == "env" for _, rule in mappings(job.get("relabel_configs")))


def _bare(job: Mapping[str, Any]) -> Iterator[str]:
    for at, group in mappings(job.get("static_configs")):
        if not mapping(group.get("labels")).get("env"):
            yield f".static_configs.{at}"
    for key, value in job.items():
        if value and str(key).endswith("_sd_configs") and key not in LABELLING:
            yield f".{key}"


CHECK = Check(proves="the targets of every scrape job carry the label env", run=_run)
