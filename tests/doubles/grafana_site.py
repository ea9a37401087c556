"""What a Grafana reads, laid out in a folder of a test's own, and the double that serves it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from stack.clients.grafana import Grafana
from stack.clients.http import Session
from tests.doubles import grafana as double

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

__all__ = ["PASSWORD", "Site", "client", "model"]

PASSWORD = "made up for this test"


@dataclass(frozen=True)
class Site:
    """What a Grafana of a version reads: provisioning, dashboards behind a link, and the password's file."""

    folder: Path
    prometheus: str = "http://127.0.0.1:1"
    editable: bool = False
    version: str = double.VERSION

    def prepared(self) -> Site:
        source = {"name": "Prometheus", "uid": "prometheus", "type": "prometheus", "url": self.prometheus}
        provider = {
            "name": "shipped",
            "folder": "Monitoring",
            "folderUid": "monitoring",
            "allowUiUpdates": self.editable,
            "updateIntervalSeconds": 3600,
            "options": {"path": "$DASHBOARDS"},
        }
        self.write("provisioning/datasources/a.yaml", {"datasources": [{**source, "isDefault": True}]})
        self.write("provisioning/dashboards/a.yaml", {"providers": [provider]})
        (self.folder / "password").write_text(f"{PASSWORD}\n")
        self.release("one")
        return self

    def write(self, path: str, document: object) -> None:
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_text(yaml.safe_dump(document))

    def release(self, name: str, **models: Mapping[str, object]) -> None:
        folder = self.folder / "releases" / name
        folder.mkdir(parents=True)
        for stem, model in models.items():
            (folder / f"{stem}.json").write_text(json.dumps(model))
        (self.folder / "current").unlink(missing_ok=True)
        (self.folder / "current").symlink_to(folder)

    @contextmanager
    def served(self) -> Iterator[double.Grafana]:
        environ = {
            "GF_PATHS_DATA": str(self.folder / "data"),
            "GF_PATHS_PROVISIONING": str(self.folder / "provisioning"),
            "GF_SECURITY_ADMIN_PASSWORD": f"$__file{{{self.folder / 'password'}}}",
            "DASHBOARDS": str(self.folder / "current"),
            "DOUBLE_VERSION": self.version,
        }
        with double.Grafana({"server": {"http_port": "0"}}, environ) as grafana:
            yield grafana
        assert grafana.unmatched == [], grafana.unmatched


def client(server: double.Grafana, password: str = PASSWORD) -> Grafana:
    return Grafana(Session(server.url, auth=("admin", password)))


def model(uid: str, title: str = "", **more: object) -> dict[str, Any]:
    return {"uid": uid, "title": title or uid.upper(), "panels": [], "schemaVersion": 42, **more}
