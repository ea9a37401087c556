"""Panels that several dashboards share.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/library_element/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import Found, Kind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "/api/library-elements"
PANEL = 1
ROOT = "general"
"""How some answers call it where there is no folder."""


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    found: list[Document] = []
    number, total = 1, 1
    while len(found) < total:
        result = api.json(LIST, kind=PANEL, perPage=100, page=number)["result"]
        found += map(_document, result["elements"])
        number, total = number + 1, result["totalCount"] if result["elements"] else 0
    return Found(tuple(found))


def _document(element: Mapping[str, Any]) -> Document:
    folder = element.get("folderUid") or (element.get("meta") or {}).get("folderUid") or ""
    return {
        "uid": element["uid"],
        "name": element["name"],
        "kind": element["kind"],
        "folderUid": "" if folder == ROOT else folder,
        "model": element["model"],
    }


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    path = f"{LIST}/{live['uid']}"
    version = api.json(path)["result"]["version"]
    api.send("PATCH", path, {**kept, "version": version})


KIND = Kind(
    name="library_panels",
    noun="library panel",
    read=_read,
    create=lambda api, kept: api.send("POST", LIST, kept),
    overwrite=_overwrite,
    delete=lambda api, live: api.send("DELETE", f"{LIST}/{live['uid']}"),
    called=lambda document: f"{document['name']} ({document['uid']})",
    refers=True,
)
