"""The fourth stage: the plan becomes what is live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.lock import hold
from pipelines.core.stage import stage
from pipelines.stages.plan import changes_something
from stack.errors import PlanStale
from stack.runtimes.protocol import Action

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from pipelines.core.values import Plan
    from stack.runtimes.protocol import Release

__all__ = ["apply"]


@stage
def apply(plan: Plan, effects: Effects) -> Release:
    """Make the planned release live."""
    hold(effects, plan.release.tree)
    live = effects.runtime.live()
    if live.release != plan.base:
        raise PlanStale(base=plan.base or "nothing", live=live.release or "nothing")
    if changes_something(plan):
        effects.runtime.activate(plan.release, plan.changes)
        _tell(plan, effects)
    effects.journal.note(changed=changes_something(plan))
    return plan.release


def _tell(plan: Plan, effects: Effects) -> None:
    for change in plan.changes:
        if change.action is not Action.NOTHING:
            effects.console.item("✓", f"{change.service:<16} {_done(change.action)}")


def _done(action: Action) -> str:
    return {
        Action.CREATE: "started and ready",
        Action.RECREATE: "started anew and ready",
        Action.RELOAD: "reloaded",
        Action.REMOVE: "stopped",
        Action.NOTHING: "as it was",
    }[action]
