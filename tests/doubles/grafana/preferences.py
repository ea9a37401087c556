"""What the organisation prefers.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/preferences/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES"]

USUAL = {"theme": "", "homeDashboardUID": "", "timezone": "", "weekStart": ""}
HOME = "homeDashboardUID"


def _show(state: State, **_: object) -> dict[str, Any]:
    said = {**USUAL, **state.database.shelf("preferences")}
    if state.settings.is_newer:
        return {key: value for key, value in said.items() if value}
    home = state.database.dashboards.get(said[HOME])
    return {**said, "homeDashboardId": home.id if home else 0}


def _replace(state: State, *, document: dict[str, Any], **_: object) -> dict[str, Any]:
    # A home dashboard that is not named stays.
    home = document.get(HOME, state.database.shelf("preferences").get(HOME, ""))
    if document.get(HOME) and home not in state.database.dashboards:
        raise Answer(404, "Dashboard not found")
    state.database.shelves["preferences"] = {**USUAL, **document, HOME: home}
    state.save()
    return {"message": "Preferences updated"}


ROUTES: list[Route] = [
    ("GET", "/api/org/preferences", _show),
    ("PUT", "/api/org/preferences", _replace),
]
