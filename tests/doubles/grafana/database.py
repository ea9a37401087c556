"""What outlives a restart: dashboards, folders and the password, in one JSON file."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tests.doubles.grafana.settings import Settings

__all__ = ["Database", "Kept", "load"]

NAME = "grafana.json"


@dataclass
class Kept:
    """A dashboard in the database."""

    id: int
    model: dict[str, Any]
    folder: str = ""
    version: int = 1
    provider: str = ""
    path: str = ""
    checksum: str = ""
    edited: bool = False
    saves: list[dict[str, Any]] = field(default_factory=list)
    newer: dict[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """The title as addresses have it."""
        return re.sub(r"[^a-z0-9]+", "-", str(self.model["title"]).lower()).strip("-")

    def save(self, model: dict[str, Any], by: str, message: str = "") -> None:
        """Put another model in place of this one: a version more, also of the same."""
        self.model, self.version, self.newer = model, self.version + 1, {}
        now = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        entry = {"version": self.version, "created": now, "by": by, "message": message, "model": model}
        self.saves.insert(0, entry)

    def url(self, uid: str) -> str:
        """Give the page's path."""
        return f"/d/{uid}/{self.slug}"


@dataclass
class Database:
    """All that is kept."""

    password: str
    dashboards: dict[str, Kept] = field(default_factory=dict)
    folders: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_id: int = 0
    shelves: dict[str, dict[str, Any]] = field(default_factory=dict)

    def shelf(self, name: str) -> dict[str, Any]:
        """Give what is kept of another kind, by key."""
        return self.shelves.setdefault(name, {})

    def model_of(self, uid: str) -> dict[str, Any]:
        """Give a model with the fields that the server owns."""
        kept = self.dashboards[uid]
        return {**kept.model, "id": kept.id, "version": kept.version}

    def next_id(self) -> int:
        """Give a number that no dashboard had before."""
        self.last_id += 1
        return self.last_id

    def save(self, folder: Path) -> None:
        """Write the file."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / NAME).write_text(json.dumps(asdict(self)))


def load(settings: Settings) -> Database:
    """Read the file, or begin with the password of the settings."""
    # Read even where it will not be used: a missing file refuses the start.
    password = settings.get("security", "admin_password", "admin")
    if not (settings.data and (settings.data / NAME).exists()):
        return Database(password)
    document = json.loads((settings.data / NAME).read_text())
    document["dashboards"] = {uid: Kept(**kept) for uid, kept in document["dashboards"].items()}
    return Database(**document)
