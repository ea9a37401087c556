"""Dashboards with their folder, those that come from files too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.cleaning import SERVER_OWNED
from stack.clients.grafana.differences import differences
from stack.clients.grafana.kind import FEW, Found, Kind, cut, named

if TYPE_CHECKING:
    from collections.abc import Collection

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document
    from stack.clients.grafana.values import Live

__all__ = ["KIND", "MESSAGE", "NEWER", "delete", "ours"]

MESSAGE = "restored from a backup"
"""What the history says of a save of ours: the mark by which a dashboard is known to have been restored."""

BACK = "put back after a restore that failed"
"""What the history says where a save of ours was taken back."""

NEWER = "newer"
"""Our own field for one stored in the schema v2, beside the older form: its version, and what it says."""

PAGE = 1000
ROOT = "general"
"""The folder of files for those that lie in none; Grafana lets no folder have this uid."""


def ours(api: Api) -> dict[str, str]:
    """Give the titles of those that carry our mark, by uid: nobody has saved them since they were restored.

    Raises:
        HttpFailed: no answer, or a refusal.
    """
    titles = {listed.uid: listed.title for listed in api.grafana.dashboards(page=PAGE)}
    saves, _ = api.each(lambda uid: api.grafana.saves(uid, most=1), list(titles))
    return {uid: titles[uid] for uid, last in saves.items() if last and last[0].message == MESSAGE}


def delete(api: Api, uid: str) -> None:
    """Delete one.

    Raises:
        HttpFailed: it comes from a file, or there is none.
    """
    api.grafana.delete(uid)


def _read(api: Api, only: Collection[str] | None) -> Found:
    uids = [listed.uid for listed in api.grafana.dashboards(page=PAGE)]
    wanted = [uid for uid in uids if only is None or uid in only]
    there, gone = api.each(api.grafana.dashboard, wanted)
    stored = {uid: version for uid, version in api.newer.stored().items() if uid in there}
    newer, lost = api.each(lambda uid: api.newer.spec(uid, stored[uid]), list(stored))
    more = {uid: {NEWER: {"version": stored[uid], "spec": spec}} for uid, spec in newer.items()}
    documents = [{**_document(there[uid]), **more.get(uid, {})} for uid in there if uid not in lost]
    return Found(tuple(documents), gone + lost)


def _document(live: Live) -> Document:
    return {
        "uid": live.uid,
        "folderUid": live.folder,
        "file": live.file,
        "model": cut(live.model, SERVER_OWNED),
    }


def _create(api: Api, kept: Document) -> None:
    if NEWER in kept:
        _save_newer(api, kept, MESSAGE, new=True)
        return
    # Not on top of whatever is there: another one of its folder may have its title.
    api.grafana.save(kept["model"], folder=kept["folderUid"], message=MESSAGE, mark=None)


def _overwrite(api: Api, kept: Document, live: Document, message: str = MESSAGE) -> None:
    if NEWER in kept:
        _save_newer(api, kept, message, new=False)
        return
    # With another place or title it is a save on top of a version, lest it replaces a third one there.
    mark = "" if _place(kept) == _place(live) else api.grafana.dashboard(kept["uid"]).mark
    api.grafana.save(kept["model"], folder=kept["folderUid"], message=message, mark=mark)


def _save_newer(api: Api, kept: Document, message: str, *, new: bool) -> None:
    version, spec = kept[NEWER]["version"], kept[NEWER]["spec"]
    api.newer.save(kept["uid"], version, spec, folder=kept["folderUid"], message=message, new=new)


def _fitted(api: Api, kept: Document, coming: Collection[str]) -> tuple[Document, tuple[str, ...]]:
    """Leave out what is said in a schema that this server has not; the older one says most of it."""
    del coming
    version = kept[NEWER]["version"] if NEWER in kept else ""
    if not version or version in api.newer.versions:
        return kept, ()
    return cut(kept, (NEWER,)), (f"what of it only schema {version} has, which this Grafana has not",)


def _put_back(api: Api, before: Document, live: Document) -> None:
    """Save it as it was, with our mark only where it had that: else it might be pruned, and is somebody's."""
    messages = [save.message for save in api.grafana.saves(before["uid"], most=2)]
    _overwrite(api, before, live, MESSAGE if messages == [MESSAGE, MESSAGE] else BACK)


def _place(document: Document) -> tuple[str, str]:
    return document["folderUid"], document["model"].get("title", "")


def _same(kept: Document, live: Document) -> bool:
    if kept["folderUid"] != live["folderUid"] or kept.get(NEWER) != live.get(NEWER):
        return False
    return NEWER in kept or not differences(kept["model"], live["model"])


KIND = Kind(
    name="dashboards",
    noun="dashboard",
    read=_read,
    create=_create,
    overwrite=_overwrite,
    delete=lambda api, live: delete(api, live["uid"]),
    put_back=_put_back,
    called=lambda document: f"{document['model'].get('title', '')} ({document['uid']})",
    path=lambda document: f"{named(document['folderUid'] or ROOT)}/{named(document['uid'])}",
    aside=("file",),
    same=_same,
    fitted=_fitted,
    shipped=lambda document: bool(document["file"]),
    refers=True,
    at_once=FEW,
)
