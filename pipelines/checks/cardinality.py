"""No target can flood Prometheus, none breaks its own limits, and all together they stay within budget."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import PROMETHEUS, Check
from pipelines.core.survey import forecast_of
from stack.contract.jobs import contract_name
from stack.contract.targets import target_of
from stack.documents import dig
from stack.report import Problem, Severity
from stack.scrape import owners

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection
    from stack.contract.family import Contract
    from stack.contract.forecast import Forecast

__all__ = ["CHECK"]

NAME = "cardinality"
LIMITS = ("sample_limit", "label_limit")


def _run(inspection: Inspection) -> Iterator[Problem]:
    known, services = inspection.contracts.by_name, owners(inspection.stack)
    for index, job in inspection.jobs:
        where = inspection.place(PROMETHEUS, "scrape_configs", index)
        limits = {key: _limit(key, job, inspection) for key in LIMITS}
        yield from _without(where, job, limits)
        name = contract_name(job, known, services)
        if name is not None:
            yield from _beyond(where, job, known[name], limits)
    yield from _over_budget(forecast_of(inspection))


def _limit(key: str, job: Mapping[str, Any], inspection: Inspection) -> int:
    """Give a limit as Prometheus takes it: the job's, else that of all jobs; 0 for none."""
    for value in (job.get(key), dig(inspection.prometheus, "global", key)):
        if isinstance(value, int) and value > 0:
            return value
    return 0


def _without(where: str, job: Mapping[str, Any], limits: Mapping[str, int]) -> Iterator[Problem]:
    missing = [key for key, limit in limits.items() if not limit]
    if missing:
        summary = (
            f"job '{job.get('job_name')}' has no {' and no '.join(missing)}: one target can fill the memory"
        )
        hint = "leave the key out to have the environment's `cardinality`, or give a number above 0"
        yield Problem(NAME, where, summary, Severity.WARNING, hint=hint)


def _beyond(
    where: str, job: Mapping[str, Any], contract: Contract, limits: Mapping[str, int]
) -> Iterator[Problem]:
    """Yield the limits that a target breaks which is as it was when its contract was captured."""
    name, samples, labels = job.get("job_name"), limits["sample_limit"], limits["label_limit"]
    if samples and contract.series > samples:
        summary = (
            f"a target of job '{name}' has {contract.series} series, above its sample_limit of {samples}"
        )
        hint = f"it would count as down: raise it, cardinality.jobs: {{{name}: {2 * contract.series}}}"
        yield Problem(NAME, where, summary, hint=hint)
    most, widest = _widest(job, contract)
    if labels and most > labels:
        summary = f"'{widest}' of job '{name}' has {most} labels, above its label_limit of {labels}"
        hint = "its target would count as down: raise cardinality.label_limit"
        yield Problem(NAME, where, summary, hint=hint)


def _widest(job: Mapping[str, Any], contract: Contract) -> tuple[int, str]:
    """Give the most labels that a series of a job has, its name among them, and which series it is."""
    target = target_of(job)
    return max(
        ((1 + len(target.over(series.labels)), series.name) for series in contract.every()), default=(0, "")
    )


def _over_budget(made: Forecast) -> Iterator[Problem]:
    if made.total > made.budget:
        largest = sorted(made.shares, key=lambda share: -share.total)[:3]
        details = ", ".join(f"{share.job} {share.targets} x {share.series}" for share in largest)
        summary = f"about {made.total} series are to be expected, the budget is {made.budget}: {details}"
        hint = (
            "drop what nobody asks for (metric_relabel_configs), or raise cardinality.budget and the memory"
        )
        yield Problem(NAME, PROMETHEUS, summary, Severity.WARNING, hint=hint)


CHECK = Check(proves="every target has limits that it keeps, and all series fit the budget", run=_run)
