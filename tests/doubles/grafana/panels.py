"""Library panels.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/library_element/
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]


def _list(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    size, page = int(query.get("perPage", 100)), int(query.get("page", 1))
    found = [_shown(element) for element in state.database.shelf("elements").values()]
    items = found[(page - 1) * size : page * size]
    return {"result": {"totalCount": len(found), "elements": items, "page": page, "perPage": size}}


def _shown(element: dict[str, Any]) -> dict[str, Any]:
    about = {"folderUid": element["folderUid"] or "general", "connectedDashboards": 0}
    return {**element, "type": element["model"].get("type", ""), "meta": about}


def _element(state: State, uid: str) -> dict[str, Any]:
    found: dict[str, Any] | None = state.database.shelf("elements").get(uid)
    if found is None:
        raise Answer(404, "library element could not be found")
    return found


def _show(state: State, uid: str, **_: object) -> dict[str, Any]:
    return {"result": _shown(_element(state, uid))}


def _create(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    elements, uid = state.database.shelf("elements"), document.get("uid") or secrets.token_hex(7)
    taken = {(element["folderUid"], element["name"]) for element in elements.values()}
    if uid in elements or (document.get("folderUid", ""), document["name"]) in taken:
        raise Answer(400, "library element with that name or UID already exists")
    _refuse_folder(state, document.get("folderUid", ""))
    own = {"id": state.database.next_id(), "orgId": 1, "uid": uid, "version": 1}
    elements[uid] = {"folderUid": "", **document, **own}
    state.save()
    return {"result": _shown(elements[uid])}


def _change(state: State, uid: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    element = _element(state, uid)
    if document["version"] != element["version"]:
        raise Answer(412, "the library element has been changed by someone else")
    _refuse_folder(state, document.get("folderUid", ""))
    element.update({**document, "version": element["version"] + 1})
    state.save()
    return {"result": _shown(element)}


def _refuse_folder(state: State, uid: str) -> None:
    if uid and uid not in state.database.folders:
        raise Answer(404, "folder not found")


def _delete(state: State, uid: str, **_: object) -> dict[str, Any]:
    number = _element(state, uid)["id"]
    del state.database.shelf("elements")[uid]
    state.save()
    return {"message": "Library element deleted", "id": number}


ROUTES: list[Route] = [
    ("GET", "/api/library-elements", _list),
    ("POST", "/api/library-elements", _create),
    ("GET", r"/api/library-elements/([^/]+)", _show),
    ("PATCH", r"/api/library-elements/([^/]+)", _change),
    ("DELETE", r"/api/library-elements/([^/]+)", _delete),
]
