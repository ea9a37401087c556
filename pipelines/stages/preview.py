"""The third stage of a restore: what would happen, and why; it asks and changes nothing."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pipelines.core.kept import Preview
from pipelines.core.recall import recall_live
from pipelines.core.stage import stage
from pipelines.core.stretch import asked_stretch
from pipelines.stages.capture import origin_of, sources
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from backups.source import Step, Wish
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Examined, Fetched
    from stack.runtimes.protocol import Release

__all__ = ["planned", "preview", "show"]

MARKS = {"create": "+", "overwrite": "±", "delete": "-", "leave": "·", "cannot": "!"}
SHOWN = 10
"""Steps of one kind that are named; of more than these the number is enough."""


@stage
def preview(examined: Examined, effects: Effects) -> Preview:
    """Say what would be brought back, and change nothing."""
    from backups.source import Wish

    options = effects.options
    wish = Wish(
        dashboard=options.text("dashboard"),
        stretch=asked_stretch(effects),
        prune=options.flag("prune"),
    )
    if effects.runtime.live().release is None:
        effects.console.item("+", "nothing is deployed here: first the snapshot's release is, then all else")
        return Preview(examined, wish, None, {})
    release = recall_live(effects)
    made = Preview(examined, wish, release.id, planned(examined.fetched, wish, release, effects))
    for name, steps in made.steps.items():
        show(name, steps, effects)
    return made


def planned(
    fetched: Fetched, wish: Wish, release: Release, effects: Effects
) -> Mapping[str, tuple[Step, ...]]:
    """Say what each source would do against a release that is live."""
    origin, manifest = origin_of(release, fetched.snapshot.shelf, effects), fetched.snapshot.manifest
    for name in fetched.parts:
        lacking = set(sources()[name].services) - release.stack.services.keys()
        if lacking:
            message = f"{name} needs {', '.join(sorted(lacking))}, which does not run here"
            rest = " ".join(f"--only {part}" for part in fetched.parts if part != name)
            raise Refused(message=message, hint=f"leave it out: {rest}")
    return {
        name: sources()[name].plan(origin, fetched.folder / name, manifest.parts[name], wish)
        for name in fetched.parts
    }


def show(name: str, steps: Iterable[Step], effects: Effects) -> None:
    """Print what a source does, kind by kind."""
    steps = tuple(steps)
    counts = Counter((step.kind, step.action) for step in steps)
    for (kind, action), count in sorted(counts.items()):
        named = [step for step in steps if (step.kind, step.action) == (kind, action)]
        lines = [f"{kind} {step.name}" + (f": {step.why}" if step.why else "") for step in named]
        for line in lines if count <= SHOWN else [f"{count} {kind}(s)"]:
            effects.console.item(MARKS[action], f"{name:<12} {action} {line}")
