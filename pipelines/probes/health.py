"""Every health endpoint answers in time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]

LIMIT = 5.0
"""Seconds."""


def _run(sight: Sight) -> str:
    names = sorted(sight.release.stack.services)
    with ThreadPoolExecutor(max_workers=len(names)) as pool:
        times = dict(zip(names, pool.map(lambda name: _time(name, sight), names), strict=True))
    slowest = max(times, key=lambda name: times[name])
    if times[slowest] > LIMIT:
        message = f"{slowest} took {times[slowest]:.1f} s, more than {LIMIT:.0f} s"
        raise Waiting(message)
    return f"{len(names)} health pages answer, the slowest ({slowest}) in {times[slowest] * 1000:.0f} ms"


def _time(name: str, sight: Sight) -> float:
    before = time.monotonic()
    sight.door(name).get(sight.release.stack.services[name].health)
    return time.monotonic() - before


PROBE = Probe(asks="whether every health page answers within 5 s", run=_run)
