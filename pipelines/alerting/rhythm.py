"""How long each step of an alert's way may take, by the intervals alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.duration import seconds

if TYPE_CHECKING:
    from pipelines.core.rules import Rule
    from stack.alerting.latency import Bound

__all__ = ["Rhythm", "rhythm", "subject"]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The intervals between a change in the world and the notification of it, in seconds.

    Args:
        scrape: between two scrapes of what the rule reads, and of recordings in other groups.
        evaluation: between two evaluations of the rule.
        wait: its `for`, in whole evaluations.
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


def rhythm(bound: Bound, rule: Rule) -> Rhythm:
    """Give the intervals on the way of one alert by one route."""
    return Rhythm(
        scrape=bound.scrape + bound.recording,
        evaluation=bound.evaluation,
        wait=bound.held,
        keep=seconds(str(rule.body.get("keep_firing_for") or "0s")),
        group_wait=bound.group_wait,
        group_interval=bound.group_interval,
    )


def subject(file: str) -> str:
    """Give the subject of a rule file: `node` of `rules/node.yml`."""
    return file.rpartition("/")[2].removesuffix(".yml")
