"""What the organisation prefers.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/preferences/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]

USUAL = {"theme": "", "homeDashboardUID": "", "timezone": "", "weekStart": ""}


def _show(state: State, **_: object) -> dict[str, Any]:
    said = {**USUAL, **state.database.shelf("preferences")}
    home = state.database.dashboards.get(said["homeDashboardUID"])
    return {**said, "homeDashboardId": home.id if home else 0}


def _replace(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    state.database.shelves["preferences"] = {**USUAL, **document}
    state.save()
    return {"message": "Preferences updated"}


ROUTES: list[Route] = [
    ("GET", "/api/org/preferences", _show),
    ("PUT", "/api/org/preferences", _replace),
]
