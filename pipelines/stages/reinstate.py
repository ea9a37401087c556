"""The fifth stage of a restore: state goes back, source by source; all of it, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.kept import Restored
from pipelines.core.lock import hold
from pipelines.core.recall import recall, recall_live
from pipelines.core.stage import stage
from pipelines.stages.apply import apply
from pipelines.stages.capture import origin_of, sources
from pipelines.stages.plan import plan
from pipelines.stages.preview import planned, show
from pipelines.stages.validate import validate
from stack.errors import PlanStale, Refused, StackError

if TYPE_CHECKING:
    from backups.source import Origin, Step
    from pipelines.core.effects import Effects
    from pipelines.core.kept import Preview, Secured
    from stack.runtimes.protocol import Release

__all__ = ["reinstate"]


@stage
def reinstate(secured: Secured, effects: Effects) -> Restored:
    """Bring state back, all of it or none."""
    preview = secured.preview
    release = _ground(preview, effects)
    fetched = preview.examined.fetched
    origin = origin_of(release, fetched.snapshot.shelf, effects)
    if preview.base is None:
        planned(fetched, preview.wish, release, effects)
    done: dict[str, tuple[Step, ...]] = {}
    try:
        for name in fetched.parts:
            source, part = sources()[name], fetched.snapshot.manifest.parts[name]
            done[name] = source.restore(origin, fetched.folder / name, part, preview.wish)
            if preview.base is None:
                show(name, done[name], effects)
            _refuse_differences(name, done[name], origin, preview)
    except BaseException:
        _take_back(done, origin, secured, effects)
        raise
    effects.journal.note(changed=preview.changes, release=release.id)
    return Restored(secured, release, done)


def _ground(preview: Preview, effects: Effects) -> Release:
    """Give what is live, held for this run; where nothing is, deploy the release of the snapshot first."""
    if preview.base is not None:
        release = recall_live(effects)
        if release.id != preview.base:
            raise PlanStale(base=preview.base, live=release.id)
        hold(effects, release.tree)
        return release
    fetched = preview.examined.fetched
    if "config" not in fetched.parts:
        message = "nothing is deployed here, and without the configuration nothing can be"
        raise Refused(message=message, hint="run `invoke deploy` first, or restore all of the snapshot")
    from stack.tree import Tree

    name, tree = fetched.snapshot.manifest.release, Tree.read(fetched.folder / "config")
    effects.runtime.keep(name, tree)
    return apply.run(plan.run(validate.run(recall(name, effects), effects), effects), effects)


def _refuse_differences(name: str, done: tuple[Step, ...], origin: Origin, preview: Preview) -> None:
    """Refuse what was brought back and answers otherwise than it did."""
    part = preview.examined.fetched.snapshot.manifest.parts[name]
    other = next(sources()[name].prove(origin, part, done), "")
    if other:
        raise Refused(message=f"{name} was brought back, and is not as it was: {other}")


def _take_back(done: dict[str, tuple[Step, ...]], origin: Origin, secured: Secured, effects: Effects) -> None:
    """Undo what was done, the last first; what can not be undone is told, and the others are all the same."""
    if not secured.safety:
        return
    for name, steps in reversed(done.items()):
        part = secured.safety.manifest.parts.get(name)
        if part is None:
            continue
        try:
            sources()[name].undo(origin, secured.safety.folder / name, part, steps)
            effects.console.item("✓", f"{name:<12} is as it was before")
        except StackError as error:
            effects.console.item("✗", f"{name:<12} could not be put back as it was: {error}")
