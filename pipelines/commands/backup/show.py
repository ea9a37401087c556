"""Show what a snapshot holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from pipelines.core.shelf import open_shelf
from stack.moment import clock

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("snapshot", "which; the newest where it is not given", positional=True),)


def run(effects: Effects) -> int:
    """Print its manifest: a row per part."""
    shelf = open_shelf(effects.options.load().environment, effects, alone=False)
    kept = shelf.repository.snapshot(effects.options.text("snapshot"))
    manifest = shelf.repository.manifest(kept.id)
    effects.console.result({"snapshot": kept.id, **manifest.document()})
    rows = [
        (name, str(len(part.files)), f"{part.size / 1e6:.1f} MB", part.said())
        for name, part in manifest.parts.items()
    ]
    effects.console.table(("PART", "FILES", "SIZE", "HOLDS"), rows)
    for name, version in sorted(manifest.programs.items()):
        effects.console.item("·", f"{name} {version}")
    name, size = kept.id[:8], f"{manifest.size / 1e6:.1f} MB"
    effects.console.end(
        f"{name} of {clock(manifest.taken)}: release {manifest.release}, {size}; "
        f"next: invoke restore.preview {name}"
    )
    return 0
