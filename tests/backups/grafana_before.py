"""What a Grafana may hold before a restore, and how it is held against what it holds after it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from backups.manifest import Part
from backups.source import Wish
from backups.sources.dashboards import SOURCE
from tests.backups.grafana_lab import ADMIN, BASE, CHANGES, Lab, contents, filled, send
from tests.doubles.grafana_site import client, model

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles import grafana as double

__all__ = ["VERSIONS", "changed", "empty", "interrupted", "kept", "taken"]

VERSIONS = ["9.4.0", "12.4.0", "13.2.1"]
SOURCE_MINE = {"uid": "mine", "name": "Mine", "type": "prometheus"}


def kept(lab: Lab, version: str) -> None:
    """Capture one of everything, with policies that are locked."""
    with lab.site("one", version).served() as server:
        filled(server)
        send(server, "PUT", f"{BASE}/policies", {"receiver": "Chat"}, locked=True)
        lab.captured(server)


def empty(server: double.Grafana) -> None:
    """Leave a Grafana as it is from the start, but for one annotation that the snapshot has twice."""
    send(
        server,
        "POST",
        "/api/annotations",
        {"time": 1_700_000_000_000, "text": "deployed", "tags": ["a", "b"]},
    )


def changed(server: double.Grafana) -> None:
    """Let a Grafana have one of everything, and each of them otherwise."""
    filled(server)
    (team,) = server._state.database.shelf("teams")
    (account,) = server._state.database.shelf("accounts")
    for method, path, document in CHANGES:
        send(server, method, path, document)
    send(server, "DELETE", "/api/datasources/uid/mine", None)
    send(server, "POST", "/api/datasources", {**SOURCE_MINE, "access": "proxy"})
    send(server, "PUT", f"/api/teams/{team}", {"name": "on call/1", "email": "other@example.org"})
    send(server, "DELETE", f"/api/teams/{team}/members/{ADMIN}", None)
    send(server, "PATCH", f"/api/serviceaccounts/{account}", {"role": "Viewer"})
    client(server).save(model("mine", "Edited"), folder="outer", mark="")


def taken(lab: Lab, server: double.Grafana, name: str = "now") -> Mapping[str, str]:
    shutil.rmtree(lab.folder / name, ignore_errors=True)
    lab.captured(server, name)
    return contents(lab.folder / name)


def interrupted(lab: Lab, server: double.Grafana, at: int, **wish: Any) -> None:
    """Restore, and be interrupted after so many kinds."""
    left = iter([None] * (at - 1))

    def progress(_: str) -> None:
        if next(left, "none") == "none":
            raise KeyboardInterrupt

    origin = lab.origin(server)
    origin = replace(origin, tools=replace(origin.tools, progress=progress))
    SOURCE.restore(origin, lab.folder / "snapshot", Part({}), Wish(**wish))
