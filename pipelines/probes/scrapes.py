"""Nearly every scrape that was due has happened and succeeded."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from pipelines.core.probe import Probe, Waiting
from stack.duration import seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.probe import Sight
    from stack.clients.prometheus import Prometheus

__all__ = ["PROBE"]

WINDOW = 8
"""Scrape intervals."""

SUCCESS = 0.99


def _run(sight: Sight) -> str:
    intervals = sorted(_intervals(sight.rendered("prometheus/prometheus.yml")).items())
    if not intervals:
        return "there is no scrape job to ask for"
    # Where the activation starts Prometheus too, nothing was due while its container was being made.
    since = max(sight.since, sight.prometheus.configured())
    ratios = [_ratio(job, every, since, sight.prometheus) for job, every in intervals]
    return f"{min(ratios):.1%} or more of the due scrapes of each of {len(ratios)} jobs succeeded"


def _intervals(configuration: Mapping[str, Any]) -> Mapping[str, float]:
    usual = configuration["global"]["scrape_interval"]
    jobs = [job for job in configuration["scrape_configs"] if job.get("static_configs")]
    return {job["job_name"]: seconds(job.get("scrape_interval", usual)) for job in jobs}


def _ratio(job: str, every: float, since: float, prometheus: Prometheus) -> float:
    """Give the share of due scrapes that succeeded; a skipped scrape is one that did not.

    `avg(up)` would hide skipped ones. Until the window has passed since the beginning, two good scrapes of
    each target are asked for: what failed before it may be what it mends. A target without a scrape in the
    last three intervals was taken away; what it left within the window counts no more.
    """
    present = f"count_over_time({_up(job, 3 * every)})"
    good = f"sum_over_time({_up(job, WINDOW * every)}) and {present}"
    if time.time() - since < (WINDOW + 1) * every:
        return _twice(job, good, prometheus)
    ratio = prometheus.value(f"sum({good}) / ({WINDOW} * count({present}))") or 0.0
    if ratio <= SUCCESS:
        message = f"{job}: {ratio:.1%} of the due scrapes succeeded within {WINDOW * every:.0f} s"
        raise Waiting(message)
    return min(ratio, 1.0)


def _up(job: str, span: float) -> str:
    return f"up{{job={json.dumps(job, ensure_ascii=False)}}}[{round(1000 * span)}ms]"


def _twice(job: str, good: str, prometheus: Prometheus) -> float:
    fewest = prometheus.value(f"min({good})") or 0
    if fewest < 2:
        message = f"{job}: a target was up {fewest:.0f} times, twice is asked"
        raise Waiting(message)
    return 1.0


PROBE = Probe(asks="whether over 99 % of the due scrapes succeeded", run=_run, needs=("prometheus",))
