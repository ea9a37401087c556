"""Folders, also those inside others.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/folder/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import Found, Kind
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND", "chain"]

LIST = "/api/folders"


def chain(folders: Mapping[str, Document], uid: str) -> list[str]:
    """Name a folder and all that it lies in, the outermost first; of those that are known."""
    found: list[str] = []
    while uid in folders and uid not in found:
        found.insert(0, uid)
        uid = folders[uid]["parentUid"]
    return found


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    known: dict[str, Document] = {}
    gone: tuple[str, ...] = ()
    level = _taken(api.pages(LIST, size="limit"), "", known)
    while level:
        inside, lost = api.each(lambda uid: api.pages(LIST, size="limit", parentUid=uid), level)
        gone += lost
        level = [uid for parent, found in inside.items() for uid in _taken(found, parent, known)]
    return Found(tuple(known[uid] for uid in known if uid not in gone), gone)


def _taken(found: Sequence[Mapping[str, Any]], parent: str, known: dict[str, Document]) -> list[str]:
    """Take the folders that are new, and name them: one without nesting gives all, whatever is asked."""
    fresh = [folder for folder in found if folder["uid"] not in known]
    for folder in fresh:
        above = folder.get("parentUid") or parent
        known[folder["uid"]] = {"uid": folder["uid"], "title": folder["title"], "parentUid": above}
    return [folder["uid"] for folder in fresh]


def _create(api: Api, kept: Document) -> None:
    parent = {"parentUid": kept["parentUid"]} if kept["parentUid"] else {}
    api.send("POST", LIST, {"uid": kept["uid"], "title": kept["title"], **parent})


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    path = f"{LIST}/{kept['uid']}"
    if kept["parentUid"] != live["parentUid"]:
        api.send("POST", f"{path}/move", {"parentUid": kept["parentUid"]})
    if kept["title"] != live["title"]:
        api.send("PUT", path, {"title": kept["title"], "overwrite": True})


def _delete(api: Api, live: Document) -> None:
    """Delete one that is empty: Grafana takes the dashboards in it away with it.

    Raises:
        Refused: somebody has made a dashboard or a folder in it.
    """
    inside = [listed.uid for listed in api.grafana.dashboards() if listed.folder == live["uid"]]
    inside += [one["uid"] for one in _read(api, None).documents if one["parentUid"] == live["uid"]]
    if inside:
        raise Refused(message=f"{', '.join(inside)} lies in it")
    api.send("DELETE", f"{LIST}/{live['uid']}")


def _arranged(documents: Sequence[Document]) -> Sequence[Document]:
    known = {document["uid"]: document for document in documents}
    return sorted(documents, key=lambda document: (len(chain(known, document["uid"])), document["uid"]))


KIND = Kind(
    name="folders",
    noun="folder",
    read=_read,
    create=_create,
    overwrite=_overwrite,
    delete=_delete,
    called=lambda document: f"{document['title']} ({document['uid']})",
    arranged=_arranged,
    in_parts=True,
)
