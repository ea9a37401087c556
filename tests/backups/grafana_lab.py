"""A Grafana with a bit of everything, and the stack that it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backups.digests import Digests
from backups.manifest import Part
from backups.source import Origin, Tools, Wish
from backups.sources.dashboards import SOURCE
from stack.assemble import assemble
from stack.clients.http import Session
from stack.environment import Environment
from tests.doubles.grafana_site import PASSWORD, Site, client, model
from tests.doubles.runtime import FakeRuntime

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from backups.source import Step
    from stack.service import Stack
    from tests.doubles import grafana as double

__all__ = ["CHANGES", "Lab", "actions", "contents", "document", "filled", "send", "writes"]

BASE = "/api/v1/provisioning"

ADMIN = 1
"""The number of the admin, who is always there."""

TIMEOUT = 5.0
"""Seconds for an answer, by the runtime's own door."""


# What somebody does to a Grafana that has one of everything.
CHANGES: list[tuple[str, str, Mapping[str, Any]]] = [
    ("PUT", "/api/folders/inner", {"title": "Other", "overwrite": True}),
    ("POST", "/api/folders/inner/move", {"parentUid": ""}),
    ("PUT", "/api/datasources/uid/mine", {"uid": "mine", "name": "Mine", "type": "prometheus", "url": "x"}),
    (
        "PATCH",
        "/api/library-elements/shared",
        {"name": "Other", "kind": 1, "model": {}, "folderUid": "", "version": 1},
    ),
    ("POST", "/api/folders/outer/permissions", {"items": []}),
    ("PUT", f"{BASE}/mute-timings/nights%20%2F%20weekends", {"name": "nights / weekends", "more": 1}),
    ("PUT", f"{BASE}/templates/own", {"template": "other"}),
    (
        "PUT",
        f"{BASE}/contact-points/chat",
        {"uid": "chat", "name": "Chat", "type": "slack", "settings": {"url": "other"}},
    ),
    ("PUT", f"{BASE}/policies", {"receiver": "Post"}),
    ("PUT", f"{BASE}/alert-rules/rule", {"folderUID": "outer", "ruleGroup": "g", "title": "Other"}),
    ("PUT", "/api/org/preferences", {"timezone": "browser"}),
]


@dataclass
class Reached(FakeRuntime):
    """A runtime whose Grafana is the double, with its login."""

    def door(self, stack: Stack, service: str) -> Session:
        return Session(self.doors[service], auth=("admin", PASSWORD), timeout=TIMEOUT)


@dataclass(frozen=True)
class Lab:
    """Captures from one double and brings back to another.

    Args:
        folder: where all of it lies.
        secrets: those of the environment.
        said: what was told of the progress.
    """

    folder: Path
    secrets: Mapping[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def origin(self, server: double.Grafana) -> Origin:
        environment = Environment.model_validate({"name": "lab", "secrets": dict(self.secrets)})
        runtime = Reached(self.folder / "var", doors={"grafana": server.url})
        return Origin(
            assemble(environment, root=self.folder), runtime, self.folder, Tools({}, self.said.append)
        )

    def captured(self, server: double.Grafana, name: str = "snapshot") -> Part:
        (self.folder / name).mkdir()
        part = SOURCE.capture(self.origin(server), self.folder / name)
        return Part(part.counts, part.facts, Digests(self.folder / "digests").of(self.folder / name))

    def planned(self, server: double.Grafana, name: str = "snapshot", **wish: Any) -> tuple[Step, ...]:
        return SOURCE.plan(self.origin(server), self.folder / name, Part({}), Wish(**wish))

    def restored(self, server: double.Grafana, name: str = "snapshot", **wish: Any) -> tuple[Step, ...]:
        return SOURCE.restore(self.origin(server), self.folder / name, Part({}), Wish(**wish))

    def undone(self, server: double.Grafana, done: tuple[Step, ...], name: str = "safety") -> None:
        SOURCE.undo(self.origin(server), self.folder / name, Part({}), done)

    def damages(self, part: Part, name: str = "snapshot", **known: Any) -> list[str]:
        return list(SOURCE.check(self.folder / name, part, Tools({}, self.said.append), known))

    def site(self, name: str, version: str = "13.2.1", **more: Any) -> Site:
        (self.folder / name).mkdir()
        return Site(self.folder / name, version=version, **more).prepared()


def send(server: double.Grafana, method: str, path: str, document: object, *, locked: bool = False) -> Any:
    """Send what is no dashboard as somebody would; it must be taken."""
    headers = {} if locked else {"X-Disable-Provenance": "true"}
    answer = client(server).session.request(method, path, json=document, headers=headers)
    assert answer.ok, answer.text
    return answer.json()


def filled(server: double.Grafana) -> None:
    """Let a Grafana have one of everything."""
    for method, path, document in _everything(server):
        said = send(server, method, path, document)
        if path == "/api/teams":
            team = said["teamId"]
    send(server, "POST", f"/api/teams/{team}/members", {"userId": ADMIN})
    items = [{"teamId": team, "permission": 4}, {"role": "Viewer", "permission": 1}]
    send(server, "POST", "/api/folders/outer/permissions", {"items": items})
    send(server, "POST", "/api/dashboards/uid/top/permissions", {"items": []})


def _everything(server: double.Grafana) -> Iterator[tuple[str, str, Any]]:
    nested = {"parentUid": "outer"} if server._state.settings.major >= 11 else {}
    asks = {"type": "prometheus", "uid": "mine"}
    panel = {"type": "stat", "title": "Shared", "datasource": asks}
    yield "POST", "/api/folders", {"uid": "outer", "title": "Outer"}
    yield "POST", "/api/folders", {"uid": "inner", "title": "Inner", **nested}
    yield "POST", "/api/datasources", _source()
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


def _source() -> dict[str, Any]:
    return {
        "uid": "mine",
        "name": "Mine",
        "type": "prometheus",
        "url": "http://127.0.0.1:9",
        "access": "proxy",
        "isDefault": False,
        "jsonData": {"httpMethod": "POST"},
        "secureJsonData": {"basicAuthPassword": "hush hush"},
    }


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
    yield "PUT", f"{BASE}/policies", {"receiver": "grafana-default-email", "routes": routes}
    rule = {
        "uid": "rule",
        "title": "Too much",
        "folderUID": "outer",
        "ruleGroup": "every/minute",
        "condition": "A",
        "data": [{"refId": "A", "datasourceUid": "mine", "model": {"expr": "up"}}],
        "for": "1m",
    }
    yield "POST", f"{BASE}/alert-rules", rule
    group = {"title": "every/minute", "folderUid": "outer", "interval": 300, "rules": [rule]}
    yield "PUT", f"{BASE}/folder/outer/rule-groups/every%2Fminute", group


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()
    }


def document(folder: Path, path: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / path).read_text())
    return found


def actions(steps: Iterable[Step]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for step in steps:
        found.setdefault(step.action, set()).add(f"{step.kind} {step.name}")
    return found


def writes(asked: Iterable[str]) -> list[str]:
    return [request for request in asked if not request.startswith("GET")]
