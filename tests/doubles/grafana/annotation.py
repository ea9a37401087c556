"""Annotations.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/annotations/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]


def _list(state: State, *, query: dict[str, str], **_: object) -> list[dict[str, Any]]:
    found = list(state.database.shelf("annotations").values())
    if query.get("type") == "annotation":
        found = [each for each in found if not each["alertId"]]
    return sorted(found, key=lambda each: (-each["timeEnd"], -each["id"]))[: int(query.get("limit", 100))]


def _create(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    uid = document.get("dashboardUID") or ""
    if uid and uid not in state.database.dashboards and state.settings.is_newer:
        raise Answer(500, "Error while checking annotation permissions")
    if uid and uid not in state.database.dashboards:
        raise Answer(404, "Dashboard not found")
    if not document.get("text"):
        raise Answer(400, "Failed to save annotation", error="text field should not be empty")
    number = state.database.next_id()
    state.database.shelf("annotations")[str(number)] = {
        "id": number,
        "alertId": 0,
        "alertName": "",
        "dashboardId": state.database.dashboards[uid].id if uid else 0,
        "dashboardUID": uid or None,
        "panelId": document.get("panelId", 0),
        "userId": 1,
        "login": state.settings.admin,
        "newState": "",
        "prevState": "",
        "created": 1_700_000_000_000 + number,
        "updated": 1_700_000_000_000 + number,
        "time": document["time"],
        "timeEnd": document.get("timeEnd") or document["time"],
        "text": document["text"],
        "tags": document.get("tags", []),
        "data": document.get("data", {}),
    }
    state.save()
    return {"message": "Annotation added", "id": number}


def _delete(state: State, number: str, **_: object) -> dict[str, Any]:
    if state.database.shelf("annotations").pop(number, None) is None:
        raise Answer(404, "Annotation not found")
    state.save()
    return {"message": "Annotation deleted"}


ROUTES: list[Route] = [
    ("GET", "/api/annotations", _list),
    ("POST", "/api/annotations", _create),
    ("DELETE", r"/api/annotations/(\d+)", _delete),
]
