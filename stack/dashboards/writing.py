"""Writes a dashboard's JSON as its file is written already, so that a change is all that a diff shows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import product
from typing import Any

from stack.emit import to_json

__all__ = ["written_like"]

INDENTS: tuple[int | str | None, ...] = (2, 4, "\t", 1, 3, 8, None)


def written_like(text: str, model: Mapping[str, Any]) -> bytes:
    """Write a model as a file's text is written: its indent, its letters, its order of keys, its last line.

    What cannot be written back as it is becomes what `invoke` writes: sorted, two spaces.
    """
    try:
        old = json.loads(text)
    except ValueError:
        return to_json(model)
    for indent, ascii_only, end in product(INDENTS, (False, True), ("\n", "")):
        if _dumped(old, indent, ascii_only=ascii_only) + end == text:
            return (_dumped(_in_order(model, old), indent, ascii_only=ascii_only) + end).encode()
    return to_json(model)


def _dumped(document: object, indent: int | str | None, *, ascii_only: bool) -> str:
    return json.dumps(document, indent=indent, ensure_ascii=ascii_only)


def _in_order(new: Any, old: Any) -> Any:
    """Give a value with its keys in the order of an old one; where that is sorted, new keys are sorted in."""
    if isinstance(new, Mapping):
        known = old if isinstance(old, Mapping) else {}
        return {key: _in_order(new[key], known.get(key)) for key in _keys(list(new), list(known))}
    if isinstance(new, list):
        like = old if isinstance(old, list) else []
        return [_in_order(item, _nearest(item, place, like)) for place, item in enumerate(new)]
    return new


def _keys(new: list[str], old: list[str]) -> list[str]:
    if old == sorted(old):
        return sorted(new)
    return [key for key in old if key in new] + sorted(key for key in new if key not in old)


def _nearest(item: object, place: int, old: list[Any]) -> object:
    """Find the old item of which a new one is another version: by its title or name, else by its place."""
    for key in ("title", "refId", "name"):
        named = [other for other in old if isinstance(other, Mapping) and isinstance(item, Mapping)]
        like = [other for other in named if other.get(key) and other.get(key) == item.get(key)]  # type: ignore[attr-defined] # a mapping
        if len(like) == 1:
            return like[0]
    return old[place] if place < len(old) else None
