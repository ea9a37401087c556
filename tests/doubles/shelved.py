"""A snapshot with Grafana's part, in a repository that only seems to be there."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from backups.digests import Digests
from backups.grafana.documents import write
from backups.grafana.order import ORDER
from backups.manifest import NAME, Manifest, Part
from stack.clients.restic import Restic
from stack.clients.restic_answers import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pytest

__all__ = ["ID", "OBJECTS", "Shelved"]

ID = "abcdef12" * 8
OBJECTS: Mapping[str, list[dict[str, Any]]] = {
    "folders": [
        {"uid": "shop", "title": "Shop", "parentUid": ""},
        {"uid": "tills", "title": "Tills", "parentUid": "shop"},
    ],
    "dashboards": [
        {"uid": "open", "folderUid": "", "file": "", "model": {"uid": "open", "title": "Öffnung"}},
        {"uid": "cash", "folderUid": "tills", "file": "a.json", "model": {"uid": "cash", "panels": []}},
    ],
    "datasources": [{"uid": "mine", "name": "Mine", "type": "prometheus"}],
}


@dataclass
class Shelved:
    """A snapshot, and what restic would answer of it.

    Args:
        folder: where its files lie.
        asked: what was brought back of it.
    """

    folder: Path
    asked: list[tuple[str, ...]] = field(default_factory=list)

    def captured(self, *, whole: bool = True) -> Shelved:
        """Capture Grafana's part, or just what is beside it."""
        (self.folder / "metrics").mkdir(parents=True)
        (self.folder / "metrics" / "chunks").write_bytes(b"many")
        parts = {"metrics": Part({"samples": 7})}
        for kind in ORDER if whole else ():
            write(self.folder / "dashboards", kind, OBJECTS.get(kind.name, []))
        if whole:
            counts = {kind.name: len(OBJECTS.get(kind.name, [])) for kind in ORDER}
            found = Digests(self.folder / ".none").of(self.folder / "dashboards")
            parts["dashboards"] = Part(counts, {"deleted_meanwhile": {}}, found)
        made = Manifest("local", 5.0, "r1", {"grafana": "13"}, parts)
        (self.folder / NAME).write_bytes(made.written())
        return self

    def answers(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Answer in place of restic."""
        kept = (Kept(ID, 5.0, "local", ("monitoring",)),)
        monkeypatch.setattr(Restic, "snapshots", lambda *_, **__: kept)
        monkeypatch.setattr(Restic, "read", lambda _, snapshot, path: (self.folder / path).read_text())
        monkeypatch.setattr(Restic, "restore", self._restore)

    def _restore(self, snapshot: str, target: Path, *, only: tuple[str, ...]) -> None:
        assert snapshot == ID
        self.asked.append(only)
        for name in only:
            shutil.copytree(self.folder / name, target / name)
