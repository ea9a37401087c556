"""What a failed deploy does by itself: the last release that was proved comes back, and is asked again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.changes import changes
from pipelines.core.recall import last_proved, recall
from stack.errors import StackError
from stack.references import needed_secrets
from stack.runtimes.protocol import Action, Change, Release

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.core.effects import Effects
    from pipelines.core.stage import Stage
    from pipelines.core.values import SmokeReport

__all__ = ["bring_back", "recovery"]


def recovery(smoke: Stage[Release, SmokeReport]) -> Callable[[StackError, Effects], None]:
    """Give what sets a failed deploy right; `smoke` is the stage that proves what came back."""
    return lambda error, effects: bring_back(error, effects, smoke)


def bring_back(error: StackError, effects: Effects, smoke: Stage[Release, SmokeReport]) -> None:
    """Bring the last proved release back after a failed one; where nothing was changed, do nothing."""
    live = effects.runtime.live()
    failed = error.fields.get("release")
    if failed is None or live.release != failed:
        return
    good = last_proved(effects, before=live.release)
    if good is None:
        effects.console.item(
            "!", "there is no proved release to go back to: this one is left as it is, for study"
        )
        return
    seen = effects.journal.facts.get("findings", [])  # those on what comes back will be beside them
    effects.journal.note(failed_release=live.release, failed_findings=seen, brought_back=good)
    try:
        smoke.run(_activated(good, effects), effects)
    except StackError as second:
        effects.console.item("✗", f"release {good} could not be brought back: {second}")
        return
    effects.console.item("✓", f"release {good} is back and proved; {failed} is kept for study")


def _activated(name: str, effects: Effects) -> Release:
    rendered, live = recall(name, effects), effects.runtime.live()
    release = Release(rendered.id, rendered.stack, rendered.tree)
    wanted = effects.runtime.fingerprints(release.stack, release.tree)
    rotated = effects.runtime.rotated(needed_secrets(release.stack, release.tree))
    found = changes(release.stack, release.tree, wanted, live, rotated)
    effects.runtime.activate(release, tuple(_reloaded(change, release) for change in found))
    return release


def _reloaded(change: Change, release: Release) -> Change:
    """Let also the untouched services read their files again: a refused reload may have left half of it."""
    service = release.stack.services.get(change.service)
    if change.action is Action.NOTHING and service and service.reload:
        return Change(change.service, Action.RELOAD, "after a failed deploy")
    return change
