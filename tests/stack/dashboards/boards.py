"""Dashboards of a test's own, and a viewer who opens them on a double."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from stack.clients.http import Session
from stack.clients.prometheus import Prometheus
from stack.dashboards.questions import Viewer
from stack.dashboards.reading import Dashboard

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

__all__ = ["NOW", "board", "panel", "viewer"]

NOW = 1_800_000_000.0


def panel(title: str, *expressions: str, kind: str = "timeseries", **more: Any) -> dict[str, Any]:
    """Give a panel with queries A, B and so on."""
    targets = [{"refId": letter, "expr": text} for letter, text in zip("ABCDEF", expressions, strict=False)]
    return {"title": title, "type": kind, "targets": targets, "gridPos": {"w": 12, "h": 8}, **more}


def board(folder: Path, name: str, *panels: dict[str, Any], **more: Any) -> Dashboard:
    """Write a dashboard, and read it."""
    path = folder / "dashboards" / f"{name}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"uid": name, "title": name.title(), "panels": panels, **more}))
    return Dashboard(name, path)


def viewer(server: HTTPServer, **more: Any) -> Viewer:
    """Open dashboards on a server."""
    return Viewer(Prometheus(Session(server.url_for("").rstrip("/"))), NOW, 15.0, **more)
