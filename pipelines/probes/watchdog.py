"""The always-firing alert of this very release came through: scraped, evaluated, sent, routed, delivered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]

LATE = 90.0
"""Seconds without a beat after which the path counts as cut: the route repeats every 10 s."""


def _run(sight: Sight) -> str:
    heard = sight.door("resources").json("/watchdog")
    last = heard["releases"].get(sight.release.id)
    if last is None:
        other = heard["release"] or "none"
        message = f"no beat of this release has arrived; the last one was of release {other}"
        raise Waiting(message)
    age = time.time() - last
    if last < sight.since:
        message = f"the last beat, {age:.0f} s ago, is older than the activation"
        raise Waiting(message)
    if age > LATE:
        message = f"the last beat came {age:.0f} s ago; one every 10 s is expected"
        raise Waiting(message)
    if last - sight.since < LATE:
        return f"an alert of this release was delivered {last - sight.since:.1f} s after its activation"
    return f"the last beat came {age:.0f} s ago"


PROBE = Probe(
    asks="whether an alert of this release is delivered",
    run=_run,
    needs=("alertmanager", "prometheus", "resources"),
    quick=True,
)
