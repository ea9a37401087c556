"""What differs between a dashboard of ours and the live one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stack.clients.grafana.cleaning import EMPTY, SERVER_OWNED, cleaned, names

__all__ = ["Difference", "differences", "same"]

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that is not the same.

    Args:
        path: where it stands, `panels.Memory.fieldConfig.defaults.unit`: panels and the like by their names.
        ours: what our file says, None for nothing.
        theirs: what is live, None for nothing.
    """

    path: str
    ours: Any
    theirs: Any

    def __str__(self) -> str:
        return f"{self.path}: {_shown(self.ours)} is live as {_shown(self.theirs)}"


def differences(rendered: Mapping[str, Any], live: Mapping[str, Any]) -> list[Difference]:
    """Say what is not the same in two models of a dashboard, the live one cleaned.

    Panels, queries and variables are matched by their names, so that one more of them is one difference.
    """
    ours = {key: value for key, value in rendered.items() if key not in SERVER_OWNED}
    return list(_unlike("", ours, cleaned(live, rendered)))


def same(ours: object, theirs: object) -> bool:
    """Say whether two values are one to Grafana: `1` and `1.0` are, nothing and an empty text too."""
    return not any(_unlike("", ours, theirs))


def _unlike(path: str, ours: object, theirs: object) -> Iterator[Difference]:
    if isinstance(ours, list) and isinstance(theirs, list):
        yield from _order(path, ours, theirs)
        ours, theirs = _by_name(ours, theirs)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key in sorted({*ours, *theirs}):
            yield from _unlike(f"{path}.{key}" if path else key, ours.get(key), theirs.get(key))
    elif not _is_one(ours, theirs):
        yield Difference(path, ours, theirs)


def _is_one(ours: object, theirs: object) -> bool:
    if ours in EMPTY and theirs in EMPTY:
        return True
    return ours == theirs and isinstance(ours, bool) is isinstance(theirs, bool)


def _order(path: str, ours: list[Any], theirs: list[Any]) -> Iterator[Difference]:
    """Yield the order of what both have, where it is another one."""
    key = names(ours, theirs)
    mine, yours = ([str(item[key]) for item in items] if key else [] for items in (ours, theirs))
    common = set(mine) & set(yours)
    before, after = ([name for name in order if name in common] for order in (mine, yours))
    if before != after:
        yield Difference(f"{path}, order", before, after)


def _by_name(*lists: Sequence[Any]) -> Iterator[Mapping[str, Any]]:
    """Turn lists into mappings: by the name of each item where all have one of their own, else by place."""
    key = names(*lists)
    for items in lists:
        yield {str(item[key] if key else place): item for place, item in enumerate(items)}


def _shown(value: object) -> str:
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
