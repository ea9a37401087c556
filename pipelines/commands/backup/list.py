"""List the snapshots that are kept, and why."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.core.shelf import open_shelf
from stack.duration import spoken
from stack.moment import clock

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print a row per snapshot, the newest first, with the rules that keep it."""
    from backups.repository import kind
    from backups.verified import Verified

    shelf = open_shelf(effects.options.load().environment, effects, alone=False)
    kept = shelf.repository.snapshots()[::-1]
    reasons = shelf.repository.reasons() if kept else {}
    verified = Verified.read(shelf.place.verified)
    effects.console.result(
        [
            {
                "snapshot": one.id,
                "time": one.time,
                "kind": kind(one),
                "kept_by": list(reasons.get(one.id, ())),
                "verified": verified.at if one.id == verified.snapshot else None,
            }
            for one in kept
        ]
    )
    effects.console.table(
        ("SNAPSHOT", "TIME", "AGE", "KIND", "KEPT BY"),
        [
            (
                one.id[:8],
                clock(one.time),
                spoken(time.time() - one.time),
                kind(one),
                ", ".join(reasons.get(one.id, ())) or "nothing: it goes with the next backup",
            )
            for one in kept
        ],
    )
    where = shelf.repository.restic.shown
    effects.console.end(f"{len(kept)} snapshot(s) of {shelf.environment.name} in {where}")
    return 0
