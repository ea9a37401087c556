"""The last stage of a restore: the live stack works with what was brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.stage import stage
from pipelines.stages.smoke import smoke

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Restored

__all__ = ["confirm"]


@stage
def confirm(restored: Restored, effects: Effects) -> Restored:
    """Ask the live stack whether it works."""
    smoke.run(restored.release, effects)
    return restored
