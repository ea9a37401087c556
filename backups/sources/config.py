"""The live release: every file of it, from which the stack can be deployed anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backups.manifest import Part
from backups.source import Source, Step
from stack.errors import NothingKept
from stack.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

    from backups.source import Origin, Wish

__all__ = ["SOURCE"]


def _capture(origin: Origin, folder: Path) -> Part:
    live = origin.runtime.live()
    if live.release is None or live.tree is None:
        raise NothingKept(message="nothing is deployed", hint="run `invoke deploy`")
    live.tree.write(folder)
    return Part({"files": len(live.tree.files)}, {"release": live.release})


def _plan(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    del wish
    name = part.facts["release"]
    if name == origin.runtime.live().release:
        return (Step("release", name, "leave", "it is live"),)
    kept = {known for known, _, _ in origin.runtime.releases()}
    if name in kept and origin.runtime.kept(name) == Tree.read(folder):
        return (Step("release", name, "leave", f"it is kept: `invoke rollback {name}` makes it live"),)
    return (Step("release", name, "create", f"kept, and not live: `invoke rollback {name}` makes it so"),)


def _restore(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    steps = _plan(origin, folder, part, wish)
    if any(step.action == "create" for step in steps):
        origin.runtime.keep(part.facts["release"], Tree.read(folder))
    return steps


SOURCE = Source(
    summary="the live release and its environment",
    order=0,
    services=(),
    capture=_capture,
    # Without it nothing could be brought back where nothing is deployed, and no drill be made.
    within=lambda origin, folder, _: _capture(origin, folder),
    plan=_plan,
    restore=_restore,
)
