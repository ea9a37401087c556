"""Contact points, without their secrets: for each of them the server says a word of its own instead."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import Found, Kind, cut
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


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    write(api, "PUT", f"{LIST}/{kept['uid']}", _sent(kept), live)


def _fixed(document: Document) -> str:
    return "" if document["uid"] else "the server gave it no uid, by which it could be changed"


KIND = Kind(
    name="contact_points",
    noun="contact point",
    read=_read,
    create=lambda api, kept: write(api, "POST", LIST, _sent(kept)),
    overwrite=_overwrite,
    delete=lambda api, live: delete(api, f"{LIST}/{live['uid']}", live),
    # The one that a fresh server has is without a uid.
    key=lambda document: str(document["uid"] or f"name-{document['name']}"),
    called=lambda document: f"{document['name']} ({document['uid'] or 'without a uid'})",
    aside=(PROVENANCE,),
    shipped=is_from_file,
    secrets=lambda document: tuple(document[SECRETS]),
    filled=_filled,
    fixed=_fixed,
    refused=TAKEN,
)
