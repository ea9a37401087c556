"""The JSON of the shipped dashboards, committed for reviewers and for those who want nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stack.dashboards.reading import dashboards_in
from stack.emit import to_json
from stack.layers import layer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.dashboards.reading import Dashboard

__all__ = ["CHANGED", "FOLDER", "GONE", "NEW", "differences", "files_of", "shipped"]

FOLDER = Path("dashboards") / "json"
NEW, CHANGED, GONE = "new", "changed", "gone"


def shipped(root: Path) -> tuple[Dashboard, ...]:
    """Give the repository's own dashboards, none of a site's, with the thresholds that `base.yaml` sets.

    Raises:
        DefinitionInvalid: two have one name.
    """
    return tuple(dashboards_in((root,), layer("base", (), ()).document["values"]).values())


def files_of(dashboards: tuple[Dashboard, ...]) -> dict[str, bytes]:
    """Render those that have a uid: each file's bytes by its name, `<uid>.json`."""
    models = (shown.model for shown in dashboards)
    return {f"{model['uid']}.json": to_json(model) for model in models if model.get("uid")}


def differences(made: Mapping[str, bytes], root: Path) -> dict[str, str]:
    """Say of each file in which way its rendering differs from what is committed; the others are left out."""
    there = {path.name: path.read_bytes() for path in (root / FOLDER).glob("*.json")}
    found = {name: _difference(made.get(name), there.get(name)) for name in sorted({*made, *there})}
    return {name: how for name, how in found.items() if how}


def _difference(made: bytes | None, there: bytes | None) -> str:
    if made is None:
        return GONE
    if there is None:
        return NEW
    return CHANGED if made != there else ""
