"""Takes an edit over into a model that may have changed as well: value by value, never one over another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stack.clients.grafana.cleaning import SERVER_OWNED, cleaned, names
from stack.clients.grafana.differences import same

__all__ = ["Clash", "taken_over"]

GONE = object()
"""Stands for what a model does not have; None is a value."""


class Clash(Exception):
    """Both sides have changed one value, each to another; the text says where it stands."""


def taken_over(base: Mapping[str, Any], ours: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """Give our model with what was edited since `base`; what was not stays just as it is written.

    Args:
        base: what was rendered, and edited since.
        ours: what our file says now.
        live: what is shown now, the fields of the server's and its editor's own among them.

    Raises:
        Clash: the file has changed what was edited, and not to the same.
    """
    edited = cleaned(live, base)
    merged = _mapping("", _own(base), _own(ours), edited)
    kept = {key: value for key, value in ours.items() if key in SERVER_OWNED}
    schema = {key: live[key] for key in ("schemaVersion",) if key in ours and key in live}
    found = {**merged, **kept, **(schema if not same(_own(base), edited) else {})}
    return {key: found[key] for key in ours if key in found} | found


def _own(model: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in model.items() if key not in SERVER_OWNED}


def _mapping(
    path: str, base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]
) -> dict[str, Any]:
    keys = [*ours, *(key for key in theirs if key not in ours)]
    found = {
        key: _value(_below(path, key), *(side.get(key, GONE) for side in (base, ours, theirs)))
        for key in keys
    }
    return {key: value for key, value in found.items() if value is not GONE}


def _value(path: str, base: Any, ours: Any, theirs: Any) -> Any:
    if _is_one(base, theirs) or _is_one(ours, theirs):
        return ours
    if _is_one(base, ours):
        return _spelled(path, ours, theirs)
    if all(isinstance(side, Mapping) for side in (base, ours, theirs)):
        return _mapping(path, base, ours, theirs)
    if all(isinstance(side, list) for side in (base, ours, theirs)) and names(base, ours, theirs):
        return _list(path, base, ours, theirs)
    raise Clash(path)


def _spelled(path: str, ours: Any, theirs: Any) -> Any:
    """Give their value, and of its parts that are no other than ours, ours: they may be written otherwise."""
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        return _mapping(path, ours, ours, theirs)
    if isinstance(ours, list) and isinstance(theirs, list):
        if names(ours, theirs):
            return _list(path, ours, ours, theirs)
        fitting = [*ours, *[GONE] * len(theirs)]
        return [_value(path, mine, mine, yours) for mine, yours in zip(fitting, theirs, strict=False)]
    return theirs


def _list(path: str, base: list[Any], ours: list[Any], theirs: list[Any]) -> list[Any]:
    """Merge lists whose items have names: in their order, and what only we have behind."""
    key = names(base, ours, theirs)
    sides = [{str(item[key]): item for item in side} for side in (base, ours, theirs)]
    order = [*sides[2], *(name for name in sides[1] if name not in sides[2])]
    found = [_value(_below(path, name), *(side.get(name, GONE) for side in sides)) for name in order]
    return [item for item in found if item is not GONE]


def _is_one(left: Any, right: Any) -> bool:
    if left is GONE or right is GONE:
        return left is right
    return same(left, right)


def _below(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
