"""Folders over the API: from 11 on they lie in each other.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/folder/
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.permissions import forget, provide
from tests.doubles.grafana.refusals import Answer
from tests.doubles.grafana.saving import refuse_wrong_uid

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]

NESTED = 11
"""The version from which on folders lie in each other without a switch."""


def _folders(state: State, *, query: dict[str, str], **_: object) -> list[dict[str, Any]]:
    limit, page = int(query.get("limit", 1000)), int(query.get("page", 1))
    folders = state.database.folders
    # An older one does not know the parameter, and gives all of them whatever is asked.
    parent = query.get("parentUid", "") if state.settings.major >= NESTED else None
    found = [_hit(uid, folder) for uid, folder in folders.items() if parent in {None, _parent(folder)}]
    return found[(page - 1) * limit : page * limit]


def _hit(uid: str, folder: dict[str, Any]) -> dict[str, Any]:
    parent = {"parentUid": _parent(folder)} if _parent(folder) else {}
    return {"id": len(uid), "uid": uid, "title": folder["title"], **parent}


def _parent(folder: dict[str, Any]) -> str:
    return str(folder.get("parentUid") or "")


def _folder(state: State, uid: str, **_: object) -> dict[str, Any]:
    if uid not in state.database.folders:
        raise Answer(404, "folder not found", status="not-found")
    return state.database.folders[uid]


def _rename_folder(state: State, uid: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    folder = _folder(state, uid)
    if not document.get("overwrite") and document.get("version") != folder["version"]:
        raise Answer(412, "the folder has been changed by someone else", status="version-mismatch")
    folder.update(title=document["title"], version=folder["version"] + 1)
    state.save()
    return folder


def _move_folder(state: State, uid: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    folder = _folder(state, uid)
    if document["parentUid"]:
        _folder(state, document["parentUid"])
    folder.update(parentUid=document["parentUid"], version=folder["version"] + 1)
    state.save()
    return folder


def _delete_folder(state: State, uid: str, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    title = _folder(state, uid)["title"]
    rules = state.database.shelf("alert-rules")
    inside = [name for name, rule in rules.items() if rule["folderUID"] == uid]
    if inside and query.get("forceDeleteRules") != "true":
        raise Answer(400, "folder cannot be deleted: folder contains alert rules")
    with state.lock:
        del state.database.folders[uid]
        forget(state, "folders", uid)
        for name in inside:
            del rules[name]
        for name in [name for name, kept in state.database.dashboards.items() if kept.folder == uid]:
            del state.database.dashboards[name]
        state.save()
    return {"message": f"Folder {title} deleted", "title": title}


def _new_folder(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    uid, title = str(document.get("uid") or secrets.token_hex(7)), document["title"]
    folders, parent = state.database.folders, str(document.get("parentUid") or "")
    refuse_wrong_uid(uid)
    if parent and state.settings.major < NESTED:
        raise Answer(400, "the double knows no folders in folders before 11")
    if parent:
        _folder(state, parent)
    if uid in folders:
        raise Answer(412, "the folder has been changed by someone else", status="version-mismatch")
    taken = {(folder["title"], _parent(folder)) for folder in folders.values()}
    if (title, parent) in taken and not state.settings.is_newer:
        raise Answer(409, "a folder or dashboard in the general folder with the same name already exists")
    folders[uid] = {"uid": uid, "title": title, "version": 1, **({"parentUid": parent} if parent else {})}
    provide(state, "folders", uid)
    state.save()
    return folders[uid]


ROUTES: list[Route] = [
    ("GET", "/api/folders", _folders),
    ("POST", "/api/folders", _new_folder),
    ("GET", r"/api/folders/([^/]+)", _folder),
    ("PUT", r"/api/folders/([^/]+)", _rename_folder),
    ("POST", r"/api/folders/([^/]+)/move", _move_folder),
    ("DELETE", r"/api/folders/([^/]+)", _delete_folder),
]
