"""Every static target is a host and a port, and nothing is scraped twice."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from stack.documents import mapping, mappings, strings
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

HOST_AND_PORT = re.compile(r"(\[[0-9A-Fa-f:.%]+\]|[^\s/:\[\]]+):\d{1,5}")


def _run(inspection: Inspection) -> Iterator[Problem]:
    for where, summary in (*_faults(inspection), *_repeated(inspection)):
        yield Problem("scrape_targets", where, summary)


def _faults(inspection: Inspection) -> Iterator[tuple[str, str]]:
    for index, job in inspection.jobs:
        where = f"{PROMETHEUS}: scrape_configs.{index}"
        if not any(
            key == "static_configs" or key.endswith("_sd_configs") for key, value in job.items() if value
        ):
            yield where, f"job '{job.get('job_name')}' has no target and no discovery: it scrapes nothing"
        for at, group in mappings(job.get("static_configs")):
            if not group.get("targets"):
                yield f"{where}.static_configs.{at}", "the list of targets is empty"
        for path, target in _targets(job):
            if fault := "" if _readdressed(job) else _fault(target):
                yield f"{where}.{path}", fault


def _targets(job: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for at, group in mappings(job.get("static_configs")):
        for number, target in strings(group.get("targets")):
            yield f"static_configs.{at}.targets.{number}", target


def _readdressed(job: Mapping[str, Any]) -> bool:
    """Whether relabelling gives the address, as for an exporter that probes its targets."""
    return any(rule.get("target_label") == "__address__" for _, rule in mappings(job.get("relabel_configs")))


def _fault(target: str) -> str:
    if "://" in target:
        return f"'{target}' has a scheme; write host:port, the scheme under `scheme`"
    if "/" in target:
        return f"'{target}' has a path; write host:port, the path under `metrics_path`"
    return "" if HOST_AND_PORT.fullmatch(target) else f"'{target}' is no host:port"


def _repeated(inspection: Inspection) -> Iterator[tuple[str, str]]:
    seen: dict[tuple[str, ...], str] = {}
    for index, job in inspection.jobs:
        # A job that drops metrics may share its target with one that keeps them.
        name = str(job.get("job_name"))
        for path, target in () if job.get("metric_relabel_configs") else _targets(job):
            first = seen.setdefault((target, *_page(job)), name)
            if first != name:
                where = f"{PROMETHEUS}: scrape_configs.{index}.{path}"
                yield where, f"'{target}' is scraped by job '{first}' already: every sample is stored twice"


def _page(job: Mapping[str, Any]) -> tuple[str, ...]:
    params = json.dumps(mapping(job.get("params")), sort_keys=True, default=str)
    return str(job.get("scheme", "http")), str(job.get("metrics_path", "/metrics")), params


CHECK = Check(proves="every static target is host:port, and scraped by one job", run=_run)
