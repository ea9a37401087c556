"""Annotations that people and programs have made; not those that Grafana makes of its alerts.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import FEW, REFUSED, Found, Kind
from stack.emit import to_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "/api/annotations"
FIRST = 10_000
"""How many are asked for at first. There are no pages: where that many come, twice as many are asked for."""


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    return Found(tuple(sorted(map(_document, _all(api)), key=to_json)))


def _all(api: Api) -> list[Mapping[str, Any]]:
    limit = FIRST
    while len(found := api.json(LIST, type="annotation", limit=limit)) >= limit:
        limit *= 2
    return [annotation for annotation in found if not _is_of_alert(annotation)]


def _is_of_alert(annotation: Mapping[str, Any]) -> bool:
    return bool(annotation.get("alertId") or annotation.get("newState"))


def _document(annotation: Mapping[str, Any]) -> Document:
    more = {"data": annotation["data"]} if annotation.get("data") else {}
    return {
        "dashboardUID": annotation.get("dashboardUID") or "",
        "panelId": annotation.get("panelId") or 0,
        "time": annotation["time"],
        # A moment ends when it begins.
        "timeEnd": annotation.get("timeEnd") or annotation["time"],
        "text": annotation.get("text") or "",
        "tags": sorted(annotation.get("tags") or ()),
        **more,
    }


def _key(document: Document) -> str:
    """Give a digest of the whole: it has no uid, and where anything is another it is another one."""
    return hashlib.sha256(to_json(document)).hexdigest()[:16]


def _delete(api: Api, live: Document) -> None:
    """Delete the newest of those that are alike; an older one was there before."""
    numbers = [annotation["id"] for annotation in _all(api) if _document(annotation) == live]
    if numbers:
        api.send("DELETE", f"{LIST}/{max(numbers)}")


KIND = Kind(
    name="annotations",
    noun="annotation",
    read=_read,
    create=lambda api, kept: api.send("POST", LIST, {key: value for key, value in kept.items() if value}),
    delete=_delete,
    key=_key,
    called=lambda document: f"{document['text'][:40]} ({_key(document)})",
    at_once=FEW,
    refused=REFUSED | {500},  # so newer servers say that there is no such dashboard
)
