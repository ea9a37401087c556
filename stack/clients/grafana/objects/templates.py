"""Notification templates."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from stack.clients.grafana.kind import Found, Kind
from stack.clients.grafana.objects._alerting import (
    BASE,
    PROVENANCE,
    TAKEN,
    delete,
    is_from_file,
    kept_of,
    write,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "templates"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    # Its own uid is made from the name.
    found = map(kept_of, api.json(f"{BASE}/{LIST}") or ())
    return Found(tuple({key: one[key] for key in ("name", "template", PROVENANCE)} for one in found))


def _write(api: Api, kept: Document, live: Document | None = None) -> None:
    sent = {"template": kept["template"], PROVENANCE: kept[PROVENANCE]}
    write(api, "PUT", f"{LIST}/{quote(kept['name'], safe='')}", sent, live)


def _delete(api: Api, live: Document) -> None:
    delete(api, f"{LIST}/{quote(live['name'], safe='')}", live)


KIND = Kind(
    name="templates",
    noun="notification template",
    read=_read,
    create=_write,
    overwrite=_write,
    delete=_delete,
    key=lambda document: str(document["name"]),
    aside=(PROVENANCE,),
    shipped=is_from_file,
    refused=TAKEN,
)
