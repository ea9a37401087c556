"""Write the JSON of the shipped dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.errors import DefinitionInvalid

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Make dashboards/json what the dashboards make it, and say which files are new, changed and gone."""
    from pipelines.core.dashboard_json import FOLDER, GONE, differences  # brings YAML along

    made = _made(effects)
    found = differences(made, effects.root)
    _write({name: made.get(name) for name in found}, effects.root / FOLDER)
    effects.console.result(found)
    for name, how in found.items():
        effects.console.item("!" if how == GONE else "✓", f"{how:8} {name}")
    effects.console.end(
        f"{len(made)} dashboards, {len(found)} of their files in {FOLDER} written or taken away"
    )
    return 0


def _made(effects: Effects) -> Mapping[str, bytes]:
    """Render all of them before the first is written.

    Raises:
        DefinitionInvalid: one gives no model.
    """
    from pipelines.core.dashboard_json import files_of, shipped

    dashboards = shipped(effects.root)
    for shown in dashboards:
        if shown.fault:
            raise DefinitionInvalid(file=shown.name, message=shown.fault)
    return files_of(dashboards)


def _write(files: Mapping[str, bytes | None], folder: Path) -> None:
    """Write each file; one without content is taken away."""
    from stack.tree import write_atomically

    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        if content is None:
            (folder / name).unlink()
        else:
            write_atomically(folder / name, content)
