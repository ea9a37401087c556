"""promtool finds a host and a port for every target that is relabelled, and keeps one of them at least."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.checks.scrape_targets import HOST_AND_PORT
from pipelines.core.check import PROMETHEUS, Check
from stack.clients.promtool import Promtool
from stack.documents import mapping
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    asked = [(at, job) for at, job in inspection.jobs if job.get("relabel_configs") and _is_static(job)]
    promtool = Promtool(inspection.tools["promtool"]) if asked else None
    for index, job in asked if promtool else ():
        file = inspection.folder / "current" / PROMETHEUS
        found = promtool.discovered(file, str(job.get("job_name"))) if promtool else ()
        for summary in _faults(str(job.get("job_name")), found):
            place = inspection.place(PROMETHEUS, "scrape_configs", index, "relabel_configs")
            yield Problem("promtool_addresses", place, summary)


def _is_static(job: Mapping[str, Any]) -> bool:
    """Say whether a job names its targets itself: what is found elsewhere is not there yet, or far away."""
    return bool(job.get("static_configs")) and not any(str(key).endswith("_sd_configs") for key in job)


def _faults(job: str, found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kept = [one for one in found if mapping(one.get("labels"))]
    if found and not kept:
        yield f"relabelling drops every target of job '{job}'"
    for one in kept:
        address = str(mapping(one["labels"]).get("__address__", ""))
        if not HOST_AND_PORT.fullmatch(address):
            before = mapping(one.get("discoveredLabels")).get("__address__", "")
            yield f"'{before}' becomes '{address}', which is no host:port"


CHECK = Check(proves="every target that is relabelled has a host and a port", run=_run, lasting=True)
