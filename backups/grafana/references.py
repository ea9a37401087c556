"""Data sources that have another uid where a snapshot is brought back, and everything that refers to them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from backups.grafana.order import REFERENCES, UID

if TYPE_CHECKING:
    from collections.abc import Iterable

    from stack.clients.grafana.kind import Document

__all__ = ["moved", "redirected"]


def moved(kept: Iterable[Document], live: Iterable[Document]) -> dict[str, str]:
    """Say which data sources are here by another uid: they have the name and the type of a kept one."""
    there = {(source["name"], source["type"]): source["uid"] for source in live}
    uids = set(there.values())
    found = {source["uid"]: there.get((source["name"], source["type"]), "") for source in kept}
    return {uid: other for uid, other in found.items() if other and uid not in uids}


def redirected(value: Any, uids: Mapping[str, str]) -> Any:
    """Give a document in which every reference to a data source leads to where that is now."""
    if isinstance(value, list):
        return [redirected(item, uids) for item in value]
    if not isinstance(value, Mapping):
        return value
    made = {key: _entry(key, inner, uids) for key, inner in value.items()}
    if made.get("type") == "datasource" and isinstance(made.get("current"), Mapping):
        # A variable that chooses a data source has the uid of the chosen one for its value.
        made["current"] = {key: _other(chosen, uids) for key, chosen in made["current"].items()}
    return made


def _entry(key: str, value: Any, uids: Mapping[str, str]) -> Any:
    if key not in REFERENCES:
        return redirected(value, uids)
    if isinstance(value, Mapping):
        return {inner: _other(named, uids) if inner in UID else named for inner, named in value.items()}
    return _other(value, uids)


def _other(value: Any, uids: Mapping[str, str]) -> Any:
    if isinstance(value, list):
        return [_other(item, uids) for item in value]
    return uids.get(value, value) if isinstance(value, str) else value
