"""What a running server knows; every request and every walk is handed this."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.grafana.database import Database, Kept
    from tests.doubles.grafana.settings import Settings

__all__ = ["Provider", "Route", "State"]

# Method, pattern of the path, and what answers: given the state, the pattern's groups, `query`, `document`.
Route = tuple[str, str, Callable[..., Any]]


@dataclass
class Provider:
    """One entry of `provisioning/dashboards`."""

    name: str
    path: str
    folder: str = ""
    folder_uid: str = ""
    editable: bool = False
    keeps: bool = False
    interval: float = 10.0

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Provider:
        """Read an entry."""
        return cls(
            name=entry["name"],
            path=entry["options"]["path"],
            folder=entry.get("folder", ""),
            folder_uid=entry.get("folderUid", ""),
            editable=entry.get("allowUiUpdates", False),
            keeps=entry.get("disableDeletion", False),
            interval=entry.get("updateIntervalSeconds", 10),
        )


@dataclass
class State:
    """Settings, database, what was provisioned, and the log."""

    settings: Settings
    database: Database
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    providers: list[Provider] = field(default_factory=list)
    restricted: set[str] = field(default_factory=set)
    wrong_logins: list[float] = field(default_factory=list)
    log: list[str] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def provider(self, kept: Kept) -> Provider | None:
        """Give the provider that a dashboard came from."""
        return next((provider for provider in self.providers if provider.name == kept.provider), None)

    def save(self) -> None:
        """Keep the database, where it has a folder."""
        # Several requests may save at once.
        with self.lock:
            if self.settings.data:
                self.database.save(self.settings.data)

    def tell(self, level: str, message: str) -> None:
        """Log a line."""
        self.log.append(f"level={level} msg={message}")
        print(self.log[-1], flush=True)  # noqa: T201 # a server's log goes to its standard output
