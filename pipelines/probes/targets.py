"""The scrape targets that are live are those that were rendered, and each of them is up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.probe import Sight

__all__ = ["PROBE", "expected"]


def expected(configuration: Mapping[str, Any]) -> Iterator[str]:
    """Name the job of each target that a configuration lists statically, once per target."""
    for job in configuration.get("scrape_configs", []):
        for group in job.get("static_configs", []):
            yield from (job["job_name"] for _ in group.get("targets", []))


def _run(sight: Sight) -> str:
    wanted = list(expected(sight.rendered("prometheus/prometheus.yml")))
    found = sight.prometheus.targets()
    for job in sorted(set(wanted)):
        have = sum(target.job == job for target in found)
        if have < wanted.count(job):
            message = f"{job}: {have} of {wanted.count(job)} targets are known"
            raise Waiting(message)
    down = [target for target in found if target.health != "up"]
    if down:
        more = f", and {len(down) - 1} more" if len(down) > 1 else ""
        message = (
            f"{down[0].job} {down[0].url} is {down[0].health}: {down[0].error or 'not scraped yet'}{more}"
        )
        raise Waiting(message)
    # What it was before a reload says nothing of it under what is live now: limits, relabelling, credentials.
    since = max(sight.since, sight.prometheus.configured() + 1)
    for target in found:
        if target.scraped < since:
            message = f"{target.job} {target.url} has not been scraped under this configuration"
            raise Waiting(message)
    return f"{len(found)} targets of {len(set(wanted))} jobs are up"


PROBE = Probe(asks="whether every expected target is up", run=_run, needs=("prometheus",), quick=True)
