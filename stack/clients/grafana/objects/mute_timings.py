"""Mute timings: when nobody is notified."""

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

LIST = "mute-timings"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    return Found(tuple(map(kept_of, api.json(f"{BASE}/{LIST}") or ())))


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    write(api, "PUT", f"{LIST}/{quote(kept['name'], safe='')}", kept, live)


def _delete(api: Api, live: Document) -> None:
    delete(api, f"{LIST}/{quote(live['name'], safe='')}", live)


KIND = Kind(
    name="mute_timings",
    noun="mute timing",
    read=_read,
    create=lambda api, kept: write(api, "POST", LIST, kept),
    overwrite=_overwrite,
    delete=_delete,
    key=lambda document: str(document["name"]),
    aside=(PROVENANCE,),
    shipped=is_from_file,
    refused=TAKEN,
)
