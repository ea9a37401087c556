"""Who may do what with a folder or a dashboard, as far as that is said of it and not of what it lies in.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/folder_permissions/ and
…/dashboard_permissions/
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import FEW, Found, Kind
from stack.clients.grafana.objects import dashboards, folders

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["DASHBOARDS", "FOLDERS"]


def _document(uid: str, items: list[Mapping[str, Any]]) -> Document:
    found: dict[tuple[str, str], int] = {}
    for item in items:
        if not item.get("inherited"):
            # Newer servers list for a folder what it inherits as if it were its own: the most of it counts.
            found[_named(item)] = max(item["permission"], found.get(_named(item), 0))
    own = [{key: name, "permission": permission} for (key, name), permission in found.items()]
    return {"uid": uid, "items": sorted(own, key=json.dumps)}


def _named(item: Mapping[str, Any]) -> tuple[str, str]:
    who = (("team", item.get("team")), ("user", item.get("userLogin")), ("role", item.get("role")))
    return next((key, name) for key, name in who if name)


def _who(item: Mapping[str, Any]) -> str:
    return next((f"{key}:{item[key]}" for key in ("team", "user") if key in item), "")


def _fitted(api: Api, kept: Document, coming: Collection[str]) -> tuple[Document, tuple[str, ...]]:
    known = {*coming, *(f"team:{name}" for name in api.teams), *(f"user:{name}" for name in api.users)}
    there = [item for item in kept["items"] if not _who(item) or _who(item) in known]
    missing = [_who(item).replace(":", " ", 1) for item in kept["items"] if item not in there]
    return {**kept, "items": there}, tuple(f"what {who} may do: there is none here" for who in missing)


def _numbered(api: Api, items: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Give what is sent: a team that was to come, and did not, has been told of already."""
    for item in items:
        numbers, key = (api.teams, "team") if "team" in item else (api.users, "user")
        if key not in item:
            yield dict(item)
        elif item[key] in numbers:
            yield {f"{key}Id": numbers[item[key]], "permission": item["permission"]}


def _kind(name: str, noun: str, path: str, uids: Callable[[Api], list[str]]) -> Kind:
    def read(api: Api, only: Collection[str] | None) -> Found:
        del only
        there, gone = api.each(lambda uid: api.json(f"{path}/{uid}/permissions"), uids(api))
        return Found(tuple(_document(uid, items) for uid, items in there.items()), gone)

    def write(api: Api, kept: Document, live: Document) -> None:
        del live  # all of them are replaced
        items = list(_numbered(api, kept["items"]))
        api.send("POST", f"{path}/{kept['uid']}/permissions", {"items": items})

    return Kind(name=name, noun=noun, read=read, overwrite=write, fitted=_fitted, at_once=FEW)


def _folders(api: Api) -> list[str]:
    return [document["uid"] for document in folders.KIND.read(api, None).documents]


def _dashboards(api: Api) -> list[str]:
    return [listed.uid for listed in api.grafana.dashboards(page=dashboards.PAGE)]


FOLDERS = _kind("folder_permissions", "folder's permissions", "/api/folders", _folders)
DASHBOARDS = _kind("dashboard_permissions", "dashboard's permissions", "/api/dashboards/uid", _dashboards)
