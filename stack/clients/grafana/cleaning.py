"""A live dashboard without what nobody wrote: what the server sets, and what Grafana's editor adds by itself.

The editor writes every dashboard out anew when it is saved: with the version of each plugin, with fields that
say nothing, and with its own list of annotations. Beside a file, all of that would bury what was edited.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["EMPTY", "SERVER_OWNED", "cleaned", "names"]

SERVER_OWNED = frozenset({"gnetId", "id", "iteration", "version"})
"""Fields at the top of a model that the server sets, whatever was saved."""

PLUGIN = "pluginVersion"
"""The version of a panel's plugin that saved it last: that of the server."""

USUAL: Mapping[str, Any] = {
    "editable": True,
    "fiscalYearStartMonth": 0,
    "graphTooltip": 0,
    "liveNow": False,
    "preload": False,
    "style": "dark",
}
"""What the editor writes at the top where nothing was said."""

SCHEMA = "schemaVersion"
"""The version of the schema, at the top: the server's own, once it has brought a model there."""

NAMES = ("title", "refId", "name")
EMPTY: tuple[Any, ...] = (None, "", [], {})
"""What is as good as nothing."""


def cleaned(live: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    """Give a live model as it would stand in our file, where `ours` is what that file has rendered.

    What ours says is compared as it is; what only the live one says stays where it may be somebody's edit.
    """
    said = {key: value for key, value in ours.items() if key not in SERVER_OWNED}
    theirs = {key: value for key, value in live.items() if key in said or not _is_by_itself(key, value)}
    made = _mapping({**theirs, **{key: said[key] for key in (SCHEMA,) if key in said}}, said)
    return made if "annotations" in said else _without_bare_annotations(made)


def names(*lists: Sequence[Any]) -> str:
    """Name the field by which all items of all lists can be told apart; empty where there is none."""
    return next((key for key in NAMES if all(_are_named(items, key) for items in lists)), "")


def _is_by_itself(key: str, value: object) -> bool:
    return key in SERVER_OWNED or key == SCHEMA or (key in USUAL and value == USUAL[key])


def _mapping(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> dict[str, Any]:
    made = {key: _value(value, ours.get(key)) for key, value in theirs.items() if _is_said(key, value, ours)}
    lost = {key: value for key, value in ours.items() if key not in theirs and value in EMPTY}
    return {**made, **lost}


def _is_said(key: str, value: object, ours: Mapping[str, Any]) -> bool:
    return key in ours or not (value in EMPTY or key == PLUGIN)


def _value(theirs: object, ours: object) -> object:
    if isinstance(theirs, Mapping):
        return _mapping(theirs, ours if isinstance(ours, Mapping) else {})
    if isinstance(theirs, list):
        return _list(theirs, ours if isinstance(ours, list) else [])
    return ours if theirs in EMPTY and ours in EMPTY and ours is not None else theirs


def _list(theirs: list[Any], ours: list[Any]) -> list[Any]:
    theirs = [item for item in theirs if not _is_built_in(item) or any(map(_is_built_in, ours))]
    key = names(theirs, ours)
    known = {str(item[key] if key else place): item for place, item in enumerate(ours)}
    return [_value(item, known.get(str(item[key] if key else place))) for place, item in enumerate(theirs)]


def _is_built_in(item: object) -> bool:
    """Say whether this is the editor's own list of annotations, which every dashboard has."""
    return isinstance(item, Mapping) and item.get("builtIn") == 1


def _without_bare_annotations(model: Mapping[str, Any]) -> dict[str, Any]:
    bare = model.get("annotations") in ({"list": []}, {})
    return {key: value for key, value in model.items() if not (bare and key == "annotations")}


def _are_named(items: Sequence[Any], key: str) -> bool:
    found = [item.get(key) for item in items if isinstance(item, Mapping)]
    # What strangers write there may be no name at all.
    fit = all(name and isinstance(name, str | int) for name in found)
    return fit and len(set(map(str, found))) == len(items)
