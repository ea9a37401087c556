"""Permissions of folders and dashboards: what is said of one itself, and what it has from its folder.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/folder_permissions/ and
…/dashboard_permissions/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.grafana.people import team_named, user_named
from tests.doubles.grafana.refusals import Answer

if TYPE_CHECKING:
    from tests.doubles.grafana.state import Route, State

__all__ = ["ROUTES", "forget", "provide"]

MAKER = [{"userId": 1, "permission": 4}]
"""Whoever makes one may do all with it; not so with a folder inside another."""

USUAL = [{"role": "Editor", "permission": 2}, {"role": "Viewer", "permission": 1}]
"""What lies in no folder has these from the start."""

NAMES = {1: "View", 2: "Edit", 4: "Admin"}
KINDS = {"folders": "folders", "dashboards/uid": "dashboards"}


def provide(state: State, kind: str, uid: str) -> None:
    """Give a new object what it has from the start."""
    inside = _above(state, kind, uid)
    from_file = kind == "dashboards" and state.database.dashboards[uid].provider
    maker = [] if from_file or (inside and kind == "folders") else MAKER
    state.database.shelf(f"permissions of {kind}").setdefault(uid, [*maker, *([] if inside else USUAL)])


def forget(state: State, kind: str, uid: str) -> None:
    """Forget those of an object that is gone."""
    state.database.shelf(f"permissions of {kind}").pop(uid, None)


def _show(state: State, address: str, uid: str, **_: object) -> list[dict[str, Any]]:
    kind = KINDS[address]
    _refuse_unknown(state, kind, uid)
    found, above = [_shown(state, item) for item in _own(state, kind, uid)], _above(state, kind, uid)
    while above:
        found += [{**_shown(state, item), "inherited": True} for item in _own(state, "folders", above)]
        above = _above(state, "folders", above)
    return found


def _shown(state: State, item: dict[str, Any]) -> dict[str, Any]:
    team, user = item.get("teamId", 0), item.get("userId", 0)
    return {
        "created": "2024-01-01T00:00:00Z",
        "updated": "2024-01-01T00:00:00Z",
        "userId": user,
        "userLogin": user_named(state, user) if user else "",
        "teamId": team,
        "team": team_named(state, team) if team else "",
        "role": item.get("role", ""),
        "permission": item["permission"],
        "permissionName": NAMES[item["permission"]],
        "inherited": False,
    }


def _replace(
    state: State, address: str, uid: str, *, document: dict[str, Any], **_: object
) -> dict[str, Any]:
    kind = KINDS[address]
    _refuse_unknown(state, kind, uid)
    for item in document["items"]:
        if len({"role", "teamId", "userId"} & item.keys()) != 1 or item["permission"] not in NAMES:
            raise Answer(400, "bad request data")
        _shown(state, item)
    state.database.shelf(f"permissions of {kind}")[uid] = document["items"]
    state.save()
    return {"message": f"{kind[:-1].capitalize()} permissions updated"}


def _own(state: State, kind: str, uid: str) -> list[dict[str, Any]]:
    provide(state, kind, uid)
    found: list[dict[str, Any]] = state.database.shelf(f"permissions of {kind}")[uid]
    return found


def _above(state: State, kind: str, uid: str) -> str:
    if kind == "dashboards":
        return state.database.dashboards[uid].folder
    return str(state.database.folders.get(uid, {}).get("parentUid") or "")


def _refuse_unknown(state: State, kind: str, uid: str) -> None:
    known = state.database.dashboards if kind == "dashboards" else state.database.folders
    if uid not in known:
        raise Answer(404, f"{kind[:-1]} not found")


ROUTES: list[Route] = [
    ("GET", r"/api/(folders|dashboards/uid)/([^/]+)/permissions", _show),
    ("POST", r"/api/(folders|dashboards/uid)/([^/]+)/permissions", _replace),
]
