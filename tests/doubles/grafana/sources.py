"""Data sources over the API: those from files, and those that people make."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "login", "source"]


def source(state: State, uid: str, **_: object) -> dict[str, Any]:
    """Give a data source as it is shown: without its secrets."""
    known = _known(state)
    if uid not in known:
        raise Answer(404, "Data source not found")
    # An empty secret is none.
    fields = {name: True for name, value in (known[uid].get("secureJsonData") or {}).items() if value}
    return {**_plain(known[uid]), "secureJsonFields": fields}


def login(state: State, uid: str) -> dict[str, str]:
    """Give the header by which it logs in to the server behind a data source."""
    kept = _known(state)[uid]
    if not kept.get("basicAuth"):
        return {}
    words = f"{kept.get('basicAuthUser', '')}:{kept.get('secureJsonData', {}).get('basicAuthPassword', '')}"
    return {"Authorization": f"Basic {base64.b64encode(words.encode()).decode()}"}


def _known(state: State) -> dict[str, dict[str, Any]]:
    return {**state.database.shelf("sources"), **state.sources}


def _plain(kept: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if key != "secureJsonData"}


def _sources(state: State, **_: object) -> list[dict[str, Any]]:
    return [{**_plain(kept), "typeName": kept["type"].capitalize()} for kept in _known(state).values()]


def _create(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    known, uid = _known(state), document.get("uid") or secrets.token_hex(7)
    _refuse_incomplete(document)
    if document["name"] in {kept["name"] for kept in known.values()}:
        raise Answer(409, "data source with the same name already exists")
    if uid in known:
        raise Answer(409, "data source with the same uid already exists")
    own = {"id": state.database.next_id(), "orgId": 1, "uid": uid, "version": 1, "readOnly": False}
    state.database.shelf("sources")[uid] = {**document, **own}
    state.save()
    return {"message": "Datasource added", "datasource": source(state, uid)}


def _change(state: State, uid: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    if source(state, uid)["readOnly"]:
        raise Answer(403, "Cannot update read-only data source")
    _refuse_incomplete(document)
    shelf = state.database.shelf("sources")
    before = shelf[uid]
    # A secret that is not sent stays as it is.
    hidden = {**before.get("secureJsonData", {}), **document.get("secureJsonData", {})}
    own = {key: before[key] for key in ("id", "orgId", "uid", "readOnly")}
    shelf[uid] = {**document, **own, "version": before["version"] + 1, "secureJsonData": hidden}
    state.save()
    return {"message": "Datasource updated", "datasource": source(state, uid)}


def _refuse_incomplete(document: dict[str, Any]) -> None:
    if not all(document.get(field) for field in ("name", "type", "access")):
        raise Answer(400, "bad request data")


def _delete(state: State, uid: str, **_: object) -> dict[str, Any]:
    if source(state, uid)["readOnly"]:
        raise Answer(403, "Cannot delete read-only data source")
    for known in (state.sources, state.database.shelf("sources")):
        known.pop(uid, None)
    return {"message": "Data source deleted"}


ROUTES: list[Route] = [
    ("GET", "/api/datasources", _sources),
    ("POST", "/api/datasources", _create),
    ("GET", r"/api/datasources/uid/([^/]+)", source),
    ("PUT", r"/api/datasources/uid/([^/]+)", _change),
    ("DELETE", r"/api/datasources/uid/([^/]+)", _delete),
]
