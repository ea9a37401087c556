"""A Grafana with a bit of everything, and the stack that it belongs to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from backups.digests import Digests
from backups.manifest import Part
from backups.source import Origin, Tools, Wish
from backups.sources.dashboards import SOURCE
from stack.assemble import assemble
from stack.clients.http import Session
from stack.environment import Environment
from tests.backups.grafana_everything import ADMIN, BASE, MINE, RULE, fill
from tests.doubles.grafana.folders import NESTED
from tests.doubles.grafana.people import add_user
from tests.doubles.grafana_site import PASSWORD, Site, client
from tests.doubles.runtime import FakeRuntime

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from backups.source import Step
    from stack.service import Stack
    from tests.doubles import grafana as double

__all__ = [
    "ADMIN",
    "BASE",
    "CHANGES",
    "OVERWRITTEN",
    "Lab",
    "Served",
    "actions",
    "contents",
    "document",
    "filled",
    "filled_with_ann",
    "send",
    "sent",
    "writes",
]

TIMEOUT = 5.0
"""Seconds for an answer, by the runtime's own door."""


# What somebody does to a Grafana that has one of everything.
CHANGES: list[tuple[str, str, Mapping[str, Any]]] = [
    ("PUT", "/api/folders/inner", {"title": "Other", "overwrite": True}),
    ("POST", "/api/folders/inner/move", {"parentUid": ""}),
    ("PUT", "/api/datasources/uid/mine", {**MINE, "url": "http://127.0.0.1:8"}),
    (
        "PATCH",
        "/api/library-elements/shared",
        {"name": "Other", "kind": 1, "model": {}, "folderUid": "", "version": 1},
    ),
    ("POST", "/api/folders/outer/permissions", {"items": []}),
    (
        "PUT",
        f"{BASE}/mute-timings/nights%20%2F%20weekends",
        {"name": "nights / weekends", "time_intervals": [{"months": ["5"]}]},
    ),
    ("PUT", f"{BASE}/templates/own", {"template": "other"}),
    (
        "PUT",
        f"{BASE}/contact-points/chat",
        {"uid": "chat", "name": "Chat", "type": "slack", "settings": {"url": "other"}},
    ),
    ("PUT", f"{BASE}/policies", {"receiver": "Post"}),
    ("PUT", f"{BASE}/alert-rules/rule", {**RULE, "ruleGroup": "g", "title": "Other"}),
    ("PUT", "/api/org/preferences", {"timezone": "browser"}),
]

OVERWRITTEN = {
    *("folder Inner (inner)", "data source Mine (mine)", "library panel Shared (shared)"),
    *("dashboard MINE (mine)", "folder's permissions outer", "mute timing nights / weekends"),
    *("notification template own", "contact point Chat (chat)", "notification policies root"),
    *("alert rule Too much (rule)", "preferences org"),
}
"""What a restore overwrites where somebody has done that, and has saved another dashboard there."""


class Served(Protocol):
    """A Grafana that runs, the double or a real one, with the login of the tests."""

    url: str


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

    def origin(self, server: Served) -> Origin:
        environment = Environment.model_validate({"name": "lab", "secrets": dict(self.secrets)})
        runtime = Reached(self.folder / "var", doors={"grafana": server.url})
        return Origin(
            assemble(environment, root=self.folder), runtime, self.folder, Tools({}, self.said.append)
        )

    def captured(self, server: Served, name: str = "snapshot") -> Part:
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
    return sent(client(server).session, method, path, document, locked=locked)


def sent(session: Session, method: str, path: str, document: object, *, locked: bool = False) -> Any:
    """Send it to whatever Grafana a session leads to."""
    headers = {} if locked else {"X-Disable-Provenance": "true"}
    answer = session.request(method, path, json=document, headers=headers)
    assert answer.ok, answer.text
    return answer.json()


def filled(server: double.Grafana) -> None:
    """Let a Grafana have one of everything."""
    fill(partial(send, server), nested=server._state.settings.major >= NESTED)


def filled_with_ann(server: double.Grafana) -> tuple[str, int]:
    """Let it have one of everything, and a user who is in the team; give the numbers of both."""
    filled(server)
    add_user(server._state, "ann")
    (team,) = server._state.database.shelf("teams")
    ann: int = server._state.database.shelf("users")["ann"]
    send(server, "POST", f"/api/teams/{team}/members", {"userId": ann})
    return team, ann


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
