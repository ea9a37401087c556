"""Dashboards in the schema v2, as 12.4 was seen to take and give them: the older one loses most of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.database import Kept
from tests.doubles.grafana.refusals import Answer, Created
from tests.doubles.grafana.resources import NEWER, item, paged

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]

GROUP = r"/apis/dashboard\.grafana\.app"
DASHBOARDS = f"{GROUP}/{NEWER}/namespaces/default/dashboards"
NOTES = {"folder": "grafana.app/folder", "message": "grafana.app/message"}


def _list_older(state: State, *, query: dict[str, str], **_: object) -> dict[str, Any]:
    _refuse_old(state)
    found = sorted(state.database.dashboards.items())
    return paged([item(state, uid, kept, kept.saves[0]) for uid, kept in found], query)


def _get(state: State, uid: str, **_: object) -> dict[str, Any]:
    _refuse_old(state)
    kept = state.database.dashboards.get(uid)
    if kept is None or not kept.newer:
        raise Answer(404, f'dashboards "{uid}" not found', reason="NotFound", code=404)
    shown = item(state, uid, kept, kept.saves[0])
    return {**shown, "apiVersion": f"dashboard.grafana.app/{NEWER}", "spec": kept.newer, "status": {}}


def _create(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    uid = document["metadata"]["name"]
    if uid in state.database.dashboards:
        raise Answer(409, f'dashboards "{uid}" already exists', reason="AlreadyExists", code=409)
    return Created(_replace(state, uid, document=document))


def _replace(state: State, uid: str, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    _refuse_old(state)
    notes, spec = document["metadata"].get("annotations") or {}, document["spec"]
    kept = state.database.dashboards.get(uid) or Kept(state.database.next_id(), {}, version=0)
    kept.folder = notes.get(NOTES["folder"], "")
    kept.save(_older(uid, spec), state.settings.admin, notes.get(NOTES["message"], ""))
    kept.newer = spec
    state.database.dashboards[uid] = kept
    state.save()
    return _get(state, uid)


def _older(uid: str, spec: dict[str, Any]) -> dict[str, Any]:
    """Give what the older schema has of one: no tabs, and here no panels either."""
    return {"uid": uid, "title": spec["title"], "schemaVersion": 42, "panels": []}


def _refuse_old(state: State) -> None:
    if not state.settings.is_newer:
        raise Answer(404, "Not found")


ROUTES: list[Route] = [
    ("GET", f"{GROUP}/v1beta1/namespaces/default/dashboards", _list_older),
    ("POST", DASHBOARDS, _create),
    ("GET", f"{DASHBOARDS}/([^/]+)", _get),
    ("PUT", f"{DASHBOARDS}/([^/]+)", _replace),
]
