"""Start what was deployed last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.lock import hold
from pipelines.core.recall import recall_live
from pipelines.stages.smoke import smoke

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Start every service of the live release and ask the quick probes."""
    hold(effects)
    release = recall_live(effects)
    effects.runtime.start(release.stack)
    effects.journal.note(changed=False)
    with effects.console.stage("smoke"):
        smoke.run(release, effects)
    effects.console.end(f"release {release.id} is up; next: invoke status")
    return 0
