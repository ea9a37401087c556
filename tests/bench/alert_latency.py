"""From the flip of a metric to the notification in the sink, beside what the intervals alone make of it."""

from __future__ import annotations

import math
import random
import re
import time
from statistics import median
from typing import TYPE_CHECKING

import requests

from stack.duration import seconds
from stack.exporters.command_center.fleet import VERTICALS
from stack.load import load
from tests.bench.row import Row
from tests.bench.usual import usual_lab
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from stack.environment import Environment
    from tests.lab import Lab

__all__ = ["interval_floor", "measure"]

ROUNDS = 3
GRID = 200
"""Moments within an interval at which the floor is computed."""
GROUPS = re.compile(r"^alertmanager_dispatcher_aggregation_groups (\S+)", re.MULTILINE)
STATISTICS: dict[str, Callable[[Sequence[float]], float]] = {
    "min": min,
    "median": median,
    "p95": lambda sample: sorted(sample)[math.ceil(0.95 * len(sample)) - 1],
    "max": max,
}


def measure() -> Iterator[Row]:
    """Let every simulated service fail at a moment of its own, a few times."""
    with usual_lab() as lab:
        for service in VERTICALS:
            # A rule group for each: groups are evaluated at moments of their own within the interval.
            lab.rule(f"{service.title()}Failed", f'aether_service_up{{service="{service}"}} == 0')
        lab.invoke("deploy").ok()
        floor = interval_floor(load("local", sites=(lab.site,)).environment)
        sample = [latency for _ in range(ROUNDS) for latency in _round(lab)]
    for name, statistic in STATISTICS.items():
        beside = "what scrape, evaluation and group_wait make of a random moment"
        title = f"alert to sink, {name} of {len(sample)}"
        yield Row(title, (statistic(sample),), (statistic(floor),), beside)


def interval_floor(environment: Environment) -> list[float]:
    """Give latencies at evenly spread moments: up to a scrape, up to an evaluation, then `group_wait`."""
    scrape, evaluation = seconds(environment.scrape_interval), seconds(environment.evaluation_interval)
    wait = seconds(environment.alertmanager["route"]["group_wait"])
    steps = [(step + 0.5) / GRID for step in range(GRID)]
    return [scrape * one + evaluation * other + wait for one in steps for other in steps]


def _round(lab: Lab) -> list[float]:
    """Flip each service once, at a random moment, and give the latencies; leave all as it was."""
    quiet = _groups(lab)
    flipped = dict(_flips(lab))
    arrived = until(lambda: _complete(_arrivals(lab, min(flipped.values())), flipped), 60)
    requests.delete(f"{_faults(lab)}", timeout=5).raise_for_status()
    # A group that is still known sends by its interval, not after its wait; Alertmanager forgets it later.
    until(lambda: _groups(lab) <= quiet, 120)
    return [arrived[service] - moment for service, moment in flipped.items()]


def _flips(lab: Lab) -> Iterator[tuple[str, float]]:
    for service in VERTICALS:
        time.sleep(random.uniform(0, 2))
        moment = time.time()
        requests.put(f"{_faults(lab)}/outage?service={service}", timeout=5).raise_for_status()
        yield service, moment


def _faults(lab: Lab) -> str:
    return f"http://127.0.0.1:{lab.ports['command_center']}/faults"


def _arrivals(lab: Lab, since: float) -> dict[str, float]:
    """Give the moment of each service's first notification since then."""
    found: dict[str, float] = {}
    for one in lab.get("sink", f"/notifications?since={since}").json():
        for name in one["alerts"]:
            if one["status"] == "firing" and name.endswith("Failed"):
                found.setdefault(name.removesuffix("Failed").lower(), one["arrived"])
    return found


def _complete(arrived: dict[str, float], flipped: dict[str, float]) -> dict[str, float] | None:
    return arrived if arrived.keys() >= flipped.keys() else None


def _groups(lab: Lab) -> float:
    found = GROUPS.search(lab.get("alertmanager", "/metrics").text)
    return float(found[1]) if found else 0.0
