"""Every scrape job has a name of its own."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.core.check import PROMETHEUS, Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    names = Counter(str(job.get("job_name") or "") for _, job in inspection.jobs)
    for index, job in inspection.jobs:
        name = str(job.get("job_name") or "")
        where = f"{PROMETHEUS}: scrape_configs.{index}"
        if not name:
            yield Problem("job_names", where, "the job has no name")
        elif names[name] > 1:
            hint = "a job of a service is switched off under `disable.scrape_jobs`"
            yield Problem("job_names", where, f"{names[name]} jobs are named '{name}'", hint=hint)


CHECK = Check(proves="every scrape job has a name of its own", run=_run)
