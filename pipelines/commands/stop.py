"""Stop every service; everything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.lock import hold

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Stop the services and wait until they have ended."""
    hold(effects)
    with effects.console.stage("stop"):
        effects.runtime.stop()
    effects.console.end(f"{effects.options.environment} is stopped; next: invoke start")
    return 0
