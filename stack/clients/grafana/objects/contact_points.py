"""Contact points, without their secrets: for each of them the server says a word of its own instead."""

from __future__ import annotations

import copy
import hashlib
import re
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import Found, Kind, cut, named
from stack.clients.grafana.objects._alerting import (
    BASE,
    PROVENANCE,
    TAKEN,
    delete,
    is_from_file,
    kept_of,
    write,
)
from stack.documents import dotted, leaves

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND", "REDACTED"]

LIST = "contact-points"

REDACTED = "[REDACTED]"
"""What stands where a secret is; whoever writes it back makes it the password."""

UID = re.compile(r"[A-Za-z0-9_-]{1,40}")
NAMELESS, DIGITS = "name-", 16

SECRETS = "secureSettings"
"""Our own list of where they stood."""


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    return Found(tuple(map(_document, api.json(f"{BASE}/{LIST}") or ())))


def _document(found: Mapping[str, Any]) -> Document:
    document = copy.deepcopy(kept_of(found))
    paths = [leaf.path for leaf in leaves(document["settings"]) if leaf.value == REDACTED]
    for path in paths:
        _put(document["settings"], path, None)
    return {**document, SECRETS: sorted(map(dotted, paths))}


def _put(settings: Any, path: Sequence[Any], value: str | None) -> None:
    """Put a value into its place; None takes it away, in a list all but its place."""
    *way, last = path
    for step in way:
        settings = settings[step] if isinstance(settings, list) else settings.setdefault(step, {})
    if value is None and isinstance(settings, dict):
        del settings[last]
    else:
        settings[last] = value or ""


def _filled(document: Document, values: Mapping[str, str]) -> Document:
    made = copy.deepcopy(document)
    for field, value in values.items():
        _put(made["settings"], _steps(field), value)
    return made


def _steps(field: str) -> tuple[str | int, ...]:
    return tuple(int(step) if step.isdecimal() else step for step in field.split("."))


def _sent(document: Document) -> Document:
    return cut(document, (SECRETS,))


def _create(api: Api, kept: Document) -> None:
    write(api, "POST", LIST, {**_sent(kept), "uid": _key(kept)})


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    write(api, "PUT", f"{LIST}/{live['uid']}", {**_sent(kept), "uid": live["uid"]}, live)


def _fixed(live: Document) -> str:
    return "" if live["uid"] else "the server gave it no uid, by which it could be changed"


def _key(document: Document) -> str:
    """Give its uid; one that a fresh server before 12 has is without, and is made with what stands for it."""
    if document["uid"]:
        return str(document["uid"])
    made = f"{NAMELESS}{document['name']}"
    return made if UID.fullmatch(made) else NAMELESS + hashlib.sha256(made.encode()).hexdigest()[:DIGITS]


KIND = Kind(
    name="contact_points",
    noun="contact point",
    read=_read,
    create=_create,
    overwrite=_overwrite,
    delete=lambda api, live: delete(api, f"{LIST}/{live['uid']}", live),
    key=_key,
    called=lambda document: f"{document['name']} ({_key(document)})",
    path=lambda document: named(document["uid"] or f"{NAMELESS}{document['name']}"),
    aside=(PROVENANCE, "uid"),
    shipped=is_from_file,
    secrets=lambda document: tuple(document[SECRETS]),
    filled=_filled,
    fixed=_fixed,
    refused=TAKEN,
)
