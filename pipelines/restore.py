"""Bring state back from a backup, and prove it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.core.stage import Pipeline
from pipelines.core.stretch import STRETCH
from pipelines.stages.confirm import confirm
from pipelines.stages.examine import examine
from pipelines.stages.fetch import fetch
from pipelines.stages.preview import preview
from pipelines.stages.reinstate import reinstate
from pipelines.stages.secure import secure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from backups.source import Step
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Preview, Restored

__all__ = ["ENDINGS", "OPTIONS", "PIPELINE", "finish"]

PIPELINE = Pipeline.of(fetch).then(examine).then(preview).then(secure).then(reinstate).then(confirm)

OPTIONS = (
    Option("snapshot", "which; the newest where it is not given", positional=True),
    Option("only", "config, metrics, alerting or dashboards (may be repeated); else all", many=True),
    Option("dashboard", "of dashboards just this one, by its uid"),
    *STRETCH,
    Option("without_safety", "go on where what is live is damaged and cannot be stored", default=False),
    Option("prune", "take away what carries our mark and is not in the snapshot", default=False),
)


def finish(restored: Restored, effects: Effects) -> int:
    """Say what was brought back; 1 where something must be done by hand."""
    fetched = restored.secured.preview.examined.fetched
    left = [step for steps in restored.steps.values() for step in steps if step.action == "cannot"]
    count = sum(step.action not in {"leave", "cannot"} for steps in restored.steps.values() for step in steps)
    effects.console.result(
        {"snapshot": fetched.snapshot.id, "release": restored.release.id, "steps": _document(restored.steps)}
    )
    said = (
        f"{count} thing(s) of snapshot {fetched.snapshot.id[:8]} brought back"
        if count
        else "there was nothing to bring back"
    )
    more = f"; {len(left)} must be done by hand" if left else ""
    effects.console.end(f"{said}, and proved{more}", good=not left)
    return 1 if left else 0


def _finish_preview(made: Preview, effects: Effects) -> int:
    """Exit with 0 where there is nothing to do, with 2 where there is."""
    effects.console.result({"base": made.base, "steps": _document(made.steps)})
    if not made.changes:
        effects.console.end("nothing to do: all of it is there")
        return 0
    effects.console.end(f"next: invoke restore {made.examined.fetched.snapshot.id[:8]}")
    return 2


def _document(steps: Mapping[str, tuple[Step, ...]]) -> dict[str, list[dict[str, str]]]:
    return {
        name: [{"kind": one.kind, "name": one.name, "action": one.action, "why": one.why} for one in done]
        for name, done in steps.items()
    }


ENDINGS = {"preview": _finish_preview}
