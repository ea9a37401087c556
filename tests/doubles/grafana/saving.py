"""Dashboards saved over the API, and what is refused there."""

from __future__ import annotations

import re
import secrets
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.database import Kept
from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "refuse_wrong_uid"]

UID = re.compile(r"[A-Za-z0-9_-]+")


def _write(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    model, overwrite = dict(document["dashboard"]), bool(document.get("overwrite"))
    number, version = model.pop("id", None), model.pop("version", None)
    uid, folder = str(model.get("uid") or secrets.token_hex(7)), str(document.get("folderUid") or "")
    refuse_wrong_uid(uid)
    if not str(model.get("title", "")).strip():
        raise Answer(400, "Dashboard title cannot be empty", status="empty-name")
    if folder and folder not in state.database.folders:
        raise Answer(400, "Folder not found")
    if number and number not in {kept.id for kept in state.database.dashboards.values()}:
        raise Answer(404, "Dashboard not found", status="not-found")
    with state.lock:
        _refuse_clash(state, uid, folder, model["title"], version, overwrite=overwrite)
        kept = _written(state, uid, model, folder, str(document.get("message") or ""))
    said = {"id": kept.id, "uid": uid, "url": kept.url(uid), "slug": kept.slug}
    return {**said, "status": "success", "version": kept.version}


def _refuse_clash(
    state: State, uid: str, folder: str, title: str, version: int | None, *, overwrite: bool
) -> None:
    kept = state.database.dashboards.get(uid)
    provider = state.provider(kept) if kept else None
    if provider and not provider.editable:
        raise Answer(400, "Cannot save provisioned dashboard")
    if kept and not overwrite and version != kept.version:
        raise Answer(412, "The dashboard has been changed by someone else", status="version-mismatch")
    others = {(k.folder, k.model["title"]) for u, k in state.database.dashboards.items() if u != uid}
    if (folder, title) in others and not overwrite and not state.settings.is_newer:
        message = "A dashboard with the same name in the folder already exists"
        raise Answer(412, message, status="name-exists")


def _written(state: State, uid: str, model: dict[str, Any], folder: str, message: str) -> Kept:
    kept = state.database.dashboards.get(uid)
    if kept is None:
        kept = Kept(state.database.next_id(), {}, version=0)
    if state.settings.is_newer and (kept.folder, kept.model) == (folder, {**model, "uid": uid}):
        # The same again is no version more, and takes the message of the last one.
        kept.saves[0]["message"] = message
        return kept
    kept.folder = folder
    kept.save({**model, "uid": uid}, state.settings.admin, message)
    # The file's content comes back with the next reload, though the file did not change.
    kept.edited = True
    state.database.dashboards[uid] = kept
    state.save()
    return kept


def refuse_wrong_uid(uid: str) -> None:
    """Refuse a uid that none may have."""
    if not UID.fullmatch(uid):
        raise Answer(400, "uid contains illegal characters")
    if len(uid) > 40:
        raise Answer(400, "uid too long, max 40 characters")


ROUTES: list[Route] = [
    ("POST", "/api/dashboards/db", _write),
]
