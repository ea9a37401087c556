"""How long each step of an alert's way may take, by the intervals alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.documents import mapping, mappings
from stack.duration import seconds
from stack.scrape import jobs_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.rules import Group, Rule
    from stack.alerting.routes import Route
    from stack.service import Stack

__all__ = ["Rhythm", "rhythm"]

USUAL_ROUTE = {"group_wait": "30s", "group_interval": "5m"}
USUAL = {"scrape_interval": "1m", "evaluation_interval": "1m"}


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The intervals between a change in the world and the notification of it, in seconds.

    Args:
        scrape: between two scrapes of what the rule is about.
        evaluation: between two evaluations of the rule.
        wait: its `for`.
        keep: its `keep_firing_for`.
        group_wait: how long the first alert of a group waits.
        group_interval: how long one waits that joins a group, or that has ended.
    """

    scrape: float
    evaluation: float
    wait: float
    keep: float
    group_wait: float
    group_interval: float

    @property
    def net(self) -> float:
        """The longest time from the change to the notification, without the `for`."""
        return self.scrape + self.evaluation + self.group_wait

    @property
    def total(self) -> float:
        """The longest time from the change to the notification."""
        return self.net + self.wait


def rhythm(stack: Stack, prometheus: Mapping[str, Any], group: Group, rule: Rule, route: Route) -> Rhythm:
    """Give the intervals on the way of one alert by one route."""
    usual = {**USUAL, **mapping(prometheus.get("global"))}
    times = {**USUAL_ROUTE, **route.settings}
    return Rhythm(
        scrape=_scrape(stack, prometheus, rule) or seconds(str(usual["scrape_interval"])),
        evaluation=seconds(str(group.body.get("interval") or usual["evaluation_interval"])),
        wait=seconds(str(rule.body.get("for") or "0s")),
        keep=seconds(str(rule.body.get("keep_firing_for") or "0s")),
        group_wait=seconds(str(times["group_wait"])),
        group_interval=seconds(str(times["group_interval"])),
    )


def _scrape(stack: Stack, prometheus: Mapping[str, Any], rule: Rule) -> float:
    """Give the longest interval of the jobs that have the name of the rule file's subject."""
    service = stack.defined.get(subject(rule.file).replace("-", "_"))
    names = {job["job_name"] for job in jobs_of(service, stack)} if service else set()
    found = [
        seconds(str(job["scrape_interval"]))
        for _, job in mappings(prometheus.get("scrape_configs"))
        if job.get("job_name") in names and job.get("scrape_interval")
    ]
    return max(found, default=0.0)


def subject(file: str) -> str:
    """Give the subject of a rule file: `node` of `rules/node.yml`."""
    return file.rpartition("/")[2].removesuffix(".yml")
