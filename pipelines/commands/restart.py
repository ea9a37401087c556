"""Restart one service, or all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.lock import hold
from pipelines.core.options import Option
from pipelines.core.recall import recall_live
from pipelines.stages.smoke import smoke

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("service", "which; without it every one", positional=True),)


def run(effects: Effects) -> int:
    """Restart and ask the quick probes."""
    hold(effects)
    release, service = recall_live(effects), effects.options.text("service")
    if service:
        effects.runtime.restart(service)
    else:
        effects.runtime.stop()
        effects.runtime.start(release.stack)
    effects.journal.note(changed=False)
    with effects.console.stage("smoke"):
        smoke.run(release, effects)
    effects.console.end(f"{service or 'every service'} was restarted and is well")
    return 0
