"""One of each kind of what a backup has of Grafana, as the requests by which somebody makes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.doubles.grafana_site import model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["ADMIN", "BASE", "MINE", "NEWER", "RULE", "SECRETS", "TABS", "fill"]

BASE = "/api/v1/provisioning"

ADMIN = 1
"""The number of the admin, who is always there."""

MINE = {
    "uid": "mine",
    "name": "Mine",
    "type": "prometheus",
    "url": "http://127.0.0.1:9",
    "access": "proxy",
    "isDefault": False,
    "jsonData": {"httpMethod": "POST"},
    "secureJsonData": {"basicAuthPassword": "hush hush"},
}
"""A data source with a secret."""

SECRETS = {
    "grafana_source_mine_basicAuthPassword": ("SOURCE_PASSWORD", "hush hush"),
    "grafana_contact_chat_url": ("CHAT_URL", "https://hooks.example.org/secret"),
}
"""What is secret of it, by the agreed name: the variable that has it, and its value."""

QUERY = {
    "refId": "A",
    "datasourceUid": "mine",
    "relativeTimeRange": {"from": 600, "to": 0},
    "model": {"expr": "up"},
}

RULE = {
    "uid": "rule",
    "title": "Too much",
    "folderUID": "outer",
    "ruleGroup": "every/minute",
    "condition": "A",
    "data": [QUERY],
    "for": "1m",
    "noDataState": "NoData",
    "execErrState": "Error",
}
"""An alert rule."""


NEWER = "/apis/dashboard.grafana.app/v2beta1/namespaces/default/dashboards"
"""Where dashboards of the schema v2 are made, from 12 on."""

TABS = json.loads((Path(__file__).parents[1] / "cases" / "grafana" / "tabs.json").read_text())
"""A dashboard of that schema; the older one has no tabs."""


def fill(send: Callable[[str, str, Any], Any], *, nested: bool) -> None:
    """Let a Grafana have one of everything.

    Args:
        send: sends one request, by method, path and document, and gives the answer.
        nested: whether folders may lie in each other.
    """
    for method, path, document in _everything(nested=nested):
        said = send(method, path, document)
        if path == "/api/teams":
            team = said["teamId"]
    items = [{"teamId": team, "permission": 4}, {"role": "Viewer", "permission": 1}]
    send("POST", "/api/folders/outer/permissions", {"items": items})
    send("POST", "/api/dashboards/uid/top/permissions", {"items": []})


def _everything(*, nested: bool) -> Iterator[tuple[str, str, Any]]:
    above = {"parentUid": "outer"} if nested else {}
    asks = {"type": "prometheus", "uid": "mine"}
    panel = {"type": "stat", "title": "Shared", "datasource": asks}
    yield "POST", "/api/folders", {"uid": "outer", "title": "Outer"}
    yield "POST", "/api/folders", {"uid": "inner", "title": "Inner", **above}
    yield "POST", "/api/datasources", MINE
    library = {"uid": "shared", "name": "Shared", "kind": 1, "folderUid": "outer", "model": panel}
    yield "POST", "/api/library-elements", library
    board = model("mine", panels=[{"id": 1, "title": "A", "datasource": asks}])
    yield "POST", "/api/dashboards/db", {"dashboard": board, "folderUid": "inner"}
    yield "POST", "/api/dashboards/db", {"dashboard": model("top", tags=["b", "a"])}
    yield "POST", "/api/teams", {"name": "on call/1", "email": "team@example.org"}
    yield "POST", "/api/serviceaccounts", {"name": "ci", "role": "Editor", "isDisabled": True}
    yield from _alerting()
    moment = {"time": 1_700_000_000_000, "text": "deployed", "tags": ["b", "a"]}
    yield "POST", "/api/annotations", {**moment, "dashboardUID": "mine", "panelId": 1}
    yield "POST", "/api/annotations", moment
    yield "POST", "/api/annotations", moment
    yield "PUT", "/api/org/preferences", {"timezone": "utc", "homeDashboardUID": "top"}


def _alerting() -> Iterator[tuple[str, str, Any]]:
    yield "POST", f"{BASE}/mute-timings", {"name": "nights / weekends", "time_intervals": []}
    yield "PUT", f"{BASE}/templates/own", {"template": '{{ define "own" }}{{ end }}'}
    slack = {"url": "https://hooks.example.org/secret", "recipient": "#ops"}
    yield (
        "POST",
        f"{BASE}/contact-points",
        {"uid": "chat", "name": "Chat", "type": "slack", "settings": slack},
    )
    mail = {"addresses": "ops@example.org"}
    yield "POST", f"{BASE}/contact-points", {"uid": "post", "name": "Post", "type": "email", "settings": mail}
    routes = [{"receiver": "Post", "mute_time_intervals": ["nights / weekends"]}]
    yield "PUT", f"{BASE}/policies", {"receiver": "Post", "routes": routes}
    yield "POST", f"{BASE}/alert-rules", RULE
    group = {"title": "every/minute", "folderUid": "outer", "interval": 300, "rules": [RULE]}
    yield "PUT", f"{BASE}/folder/outer/rule-groups/every%2Fminute", group
