"""Dashboards over the API: list, show, delete."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.permissions import forget
from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.database import Kept
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]

LIMIT = 5000


def _search(state: State, *, query: dict[str, str], **_: object) -> list[dict[str, Any]]:
    limit, page = int(query.get("limit", 1000)), int(query.get("page", 1))
    if limit > LIMIT:
        message = f"Limit is above maximum allowed ({LIMIT}), use page parameter to access hits beyond limit"
        raise Answer(422, message)
    if query.get("type") != "dash-db":
        raise Answer(501, "the double searches for dashboards only: type=dash-db")
    found = sorted(state.database.dashboards.items(), key=lambda item: str(item[1].model["title"]))
    return [_hit(uid, kept) for uid, kept in found[(page - 1) * limit : page * limit]]


def _hit(uid: str, kept: Kept) -> dict[str, Any]:
    hit = {
        "id": kept.id,
        "uid": uid,
        "title": kept.model["title"],
        "type": "dash-db",
        "url": kept.url(uid),
        "tags": kept.model.get("tags", []),
        "isStarred": False,
    }
    return {**hit, "folderUid": kept.folder} if kept.folder else hit


def _dashboard(state: State, uid: str, **_: object) -> dict[str, Any]:
    kept = _kept(state, uid)
    provider = state.provider(kept)
    meta = {
        "type": "db",
        "slug": kept.slug,
        "url": kept.url(uid),
        "version": kept.version,
        "folderUid": kept.folder,
        "folderTitle": state.database.folders.get(kept.folder, {}).get("title", "Dashboards"),
        "provisioned": provider is not None and not provider.editable,
        "provisionedExternalId": Path(kept.path).name if kept.path else "",
    }
    return {"meta": meta, "dashboard": state.database.model_of(uid)}


def _versions(state: State, uid: str, *, query: dict[str, str], **_: object) -> Any:
    kept = _kept(state, uid)
    found = [_version_of(uid, kept, save) for save in kept.saves[: int(query.get("limit", 1000))]]
    # Whatever was said about the first save, the list does not tell.
    found = [each if each["parentVersion"] else {**each, "message": "Initial save"} for each in found]
    # The bare list until 10.
    return {"continueToken": "", "versions": found} if state.settings.major > 10 else found


def _version(state: State, uid: str, number: str, **_: object) -> dict[str, Any]:
    kept = _kept(state, uid)
    found = [save for save in kept.saves if save["version"] == int(number)]
    if not found:
        raise Answer(500, f"Dashboard version {number} not found for dashboardId {kept.id}")
    return _version_of(uid, kept, found[0])


def _version_of(uid: str, kept: Kept, save: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": save["version"],
        "dashboardId": kept.id,
        "uid": uid,
        "parentVersion": save["version"] - 1,
        "restoredFrom": 0,
        "version": save["version"],
        "created": save["created"],
        "createdBy": save["by"] or "Anonymous",
        "message": save["message"],
    }


def _delete(state: State, uid: str, **_: object) -> dict[str, Any]:
    kept = _kept(state, uid)
    if kept.provider:
        raise Answer(400, "provisioned dashboard cannot be deleted")
    del state.database.dashboards[uid]
    forget(state, "dashboards", uid)
    state.save()
    return {"title": kept.model["title"], "message": f"Dashboard {kept.model['title']} deleted"}


def _kept(state: State, uid: str) -> Kept:
    if uid not in state.database.dashboards:
        raise Answer(404, "Dashboard not found", status="not-found")
    return state.database.dashboards[uid]


ROUTES: list[Route] = [
    ("GET", "/api/search", _search),
    ("GET", r"/api/dashboards/uid/([^/]+)", _dashboard),
    ("GET", r"/api/dashboards/uid/([^/]+)/versions", _versions),
    ("GET", r"/api/dashboards/uid/([^/]+)/versions/(\d+)", _version),
    ("DELETE", r"/api/dashboards/uid/([^/]+)", _delete),
]
