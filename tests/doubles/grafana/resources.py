"""Dashboards and folders below `/apis`, as documented for 13; an older one has no such group.

Source: https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/apis/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.database import Kept
from tests.doubles.grafana.permissions import forget
from tests.doubles.grafana.refusals import Answer, Created

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["NEWER", "ROUTES", "item", "paged"]

GROUP = "dashboard.grafana.app"
VERSIONS = {12: ("v1beta1", "v0alpha1", "v2beta1", "v2alpha1"), 13: ("v2beta1", "v1", "v1beta1", "v0alpha1")}
NEWER = "v2beta1"
HISTORY = "grafana.app/get-history=true"
DASHBOARDS = r"/apis/dashboard\.grafana\.app/v1/namespaces/default/dashboards"
FOLDERS = r"/apis/folder\.grafana\.app/v1/namespaces/default/folders"


def _group(state: State, **_: object) -> dict[str, Any]:
    known = VERSIONS.get(state.settings.major)
    if known is None:
        raise Answer(404, "Not found")
    found = [{"groupVersion": f"{GROUP}/{version}", "version": version} for version in known]
    return {"kind": "APIGroup", "apiVersion": "v1", "name": GROUP, "versions": found}


def _list(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    _refuse_old(state)
    if query.get("labelSelector") == HISTORY:
        kind, _equals, uid = query.get("fieldSelector", "").partition("=")
        if kind != "metadata.name":
            raise Answer(400, "history needs a name", reason="BadRequest", code=400)
        kept = state.database.dashboards.get(uid)
        return paged([item(state, uid, kept, save) for save in kept.saves] if kept else [], query)
    found = sorted(state.database.dashboards.items())
    return paged([item(state, uid, kept, kept.saves[0]) for uid, kept in found], query)


def paged(items: list[dict[str, Any]], query: dict[str, str]) -> dict[str, Any]:
    limit, start = int(query.get("limit", 500)), int(query.get("continue", 0))
    more = {"continue": str(start + limit)} if start + limit < len(items) else {}
    return {"metadata": {"resourceVersion": "1", **more}, "items": items[start : start + limit]}


def item(state: State, uid: str, kept: Kept, save: dict[str, Any]) -> dict[str, Any]:
    by = f"user:{save['by']}" if save["by"] else "access-policy:provisioning"
    notes = {"grafana.app/updatedBy": by, "grafana.app/updatedTimestamp": save["created"]}
    more = {
        "grafana.app/folder": kept.folder,
        "grafana.app/message": save["message"],
        "grafana.app/managedBy": "classic-file-provisioning" if kept.provider else "",
        "grafana.app/managerId": kept.provider,
        "grafana.app/sourcePath": kept.path,
    }
    return {
        "kind": "Dashboard",
        "apiVersion": f"{GROUP}/v1",
        "metadata": {
            "name": uid,
            "namespace": "default",
            "uid": f"internal-{kept.id}",
            "resourceVersion": f"{1_758_777_451_000_000 + save['version']}",
            "generation": save["version"],
            "creationTimestamp": kept.saves[-1]["created"],
            "annotations": {**notes, **{key: value for key, value in more.items() if value}},
        },
        "spec": {key: value for key, value in save["model"].items() if key not in {"id", "uid", "version"}},
        "status": {"conversion": {"failed": False, "storedVersion": NEWER}} if kept.newer else {},
    }


def _get(state: State, uid: str, **_: object) -> dict[str, Any]:
    kept = _kept(state, uid)
    return item(state, uid, kept, kept.saves[0])


def _create(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    _refuse_old(state)
    uid = document["metadata"]["name"]
    if uid in state.database.dashboards:
        raise Answer(409, f'dashboards "{uid}" already exists', reason="AlreadyExists", code=409)
    return Created(_saved(state, uid, Kept(state.database.next_id(), {}, version=0), document))


def _replace(state: State, uid: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    kept = _kept(state, uid)
    provider = state.provider(kept)
    if provider and not provider.editable:
        raise Answer(403, "Cannot save provisioned dashboard", reason="Forbidden", code=403)
    wanted = document["metadata"].get("resourceVersion")
    with state.lock:
        if wanted and wanted != _get(state, uid)["metadata"]["resourceVersion"]:
            raise Answer(409, "the object has been modified", reason="Conflict", code=409)
        return _saved(state, uid, kept, document)


def _saved(state: State, uid: str, kept: Kept, document: dict[str, Any]) -> dict[str, Any]:
    notes, spec = document["metadata"].get("annotations") or {}, document["spec"]
    if not str(spec.get("title", "")).strip():
        raise Answer(400, "Dashboard title cannot be empty", reason="BadRequest", code=400)
    folder = notes.get("grafana.app/folder", "")
    if folder and folder not in state.database.folders:
        raise Answer(404, "folder not found", reason="NotFound", code=404)
    kept.folder, kept.edited = folder, True
    kept.save({**spec, "uid": uid}, state.settings.admin, notes.get("grafana.app/message", ""))
    state.database.dashboards[uid] = kept
    state.save()
    return _get(state, uid)


def _delete(state: State, uid: str, **_: object) -> dict[str, Any]:
    if _kept(state, uid).provider:
        raise Answer(403, "provisioned dashboard cannot be deleted", reason="Forbidden", code=403)
    with state.lock:
        del state.database.dashboards[uid]
        forget(state, "dashboards", uid)
        state.save()
    return {"kind": "Status", "apiVersion": "v1", "status": "Success"}


def _folders(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    _refuse_old(state)
    return paged([_folder(uid, folder["title"]) for uid, folder in state.database.folders.items()], query)


def _create_folder(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    _refuse_old(state)
    uid, title = document["metadata"]["name"], document["spec"]["title"]
    if uid in state.database.folders:
        raise Answer(409, f'folders "{uid}" already exists', reason="AlreadyExists", code=409)
    state.database.folders[uid] = {"uid": uid, "title": title, "version": 1}
    state.save()
    return Created(_folder(uid, title))


def _delete_folder(state: State, uid: str, **_: object) -> dict[str, Any]:
    if uid not in state.database.folders:
        raise Answer(404, f'folders "{uid}" not found', reason="NotFound", code=404)
    title = state.database.folders.pop(uid)["title"]
    for name in [name for name, kept in state.database.dashboards.items() if kept.folder == uid]:
        del state.database.dashboards[name]
    state.save()
    return _folder(uid, title)


def _folder(uid: str, title: str) -> dict[str, Any]:
    return {"kind": "Folder", "metadata": {"name": uid, "namespace": "default"}, "spec": {"title": title}}


def _kept(state: State, uid: str) -> Kept:
    _refuse_old(state)
    if uid not in state.database.dashboards:
        raise Answer(404, f'dashboards "{uid}" not found', reason="NotFound", code=404)
    return state.database.dashboards[uid]


def _refuse_old(state: State) -> None:
    if state.settings.major < 13:
        raise Answer(404, "Not found")


ROUTES: list[Route] = [
    ("GET", r"/apis/dashboard\.grafana\.app", _group),
    ("GET", DASHBOARDS, _list),
    ("POST", DASHBOARDS, _create),
    ("GET", f"{DASHBOARDS}/([^/]+)", _get),
    ("PUT", f"{DASHBOARDS}/([^/]+)", _replace),
    ("DELETE", f"{DASHBOARDS}/([^/]+)", _delete),
    ("GET", FOLDERS, _folders),
    ("POST", FOLDERS, _create_folder),
    ("DELETE", f"{FOLDERS}/([^/]+)", _delete_folder),
]
