"""Dashboards and folders over `/api`: all that a Grafana before 13 has, and what 13 still has.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.values import Listed, Live, Save

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from stack.clients.http import Session

__all__ = ["Legacy"]

AT_ONCE = 8
"""Dashboards asked for at once: the server waits rather than computes; one takes 80 ms, and eight 120."""

NOBODY = frozenset({"", "Anonymous"})
"""Who saves what comes from a file."""

FOLDERS = 1000


@dataclass(frozen=True, slots=True)
class Legacy:
    """The interface below `/api`."""

    session: Session

    def folders(self) -> Mapping[str, str]:
        """Give the title of each folder, by uid; those inside others are left out."""
        found = self.session.json("/api/folders", limit=FOLDERS)
        return {folder["uid"]: folder["title"] for folder in found}

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        self.session.post("/api/folders", {"uid": uid, "title": title})

    def delete_folder(self, uid: str) -> None:
        """Delete a folder with all that is in it."""
        self.session.delete(f"/api/folders/{uid}")

    def listed(self, page: int) -> Iterator[Listed]:
        """List every dashboard, so many at a time."""
        number, full = 1, True
        while full:
            hits = self.session.json("/api/search", type="dash-db", limit=page, page=number)
            yield from (Listed(hit["uid"], hit["title"], hit.get("folderUid", "")) for hit in hits)
            number, full = number + 1, len(hits) == page

    def inside(self, folder: str) -> Iterable[Live]:
        """Give every dashboard of a folder: a list has no models, so each is asked for."""
        # Not by the search's own filter: its name is another one from version to version.
        uids = [found.uid for found in self.listed(5000) if found.folder == folder]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(self.dashboard, uids))

    def dashboard(self, uid: str) -> Live:
        """Give one dashboard."""
        answer = self.session.json(f"/api/dashboards/uid/{uid}")
        meta = answer["meta"]
        return Live(
            model=answer["dashboard"],
            # Not `provisioned`: that is false where edits are allowed.
            file=meta.get("provisionedExternalId", ""),
            version=meta["version"],
            folder=meta.get("folderUid", ""),
            mark=str(meta["version"]),
        )

    def save(self, model: Mapping[str, Any], folder: str, message: str, mark: str | None) -> None:
        """Save a dashboard: a new one without a mark, on top of any with an empty one."""
        document = {**model, "id": None}
        if mark:
            document["version"] = int(mark)
        self.session.post(
            "/api/dashboards/db",
            {"dashboard": document, "folderUid": folder, "message": message, "overwrite": mark == ""},
        )

    def delete(self, uid: str) -> None:
        """Delete a dashboard."""
        self.session.delete(f"/api/dashboards/uid/{uid}")

    def saves(self, uid: str, most: int) -> Iterator[Save]:
        """Give the last saves of a dashboard, the newest first.

        Source: https://grafana.com/docs/grafana/latest/developers/http_api/dashboard_versions/
        """
        path = f"/api/dashboards/uid/{uid}/versions"
        answer = self.session.json(path, limit=most)
        # Grafana before 11 gives the bare list.
        for entry in answer if isinstance(answer, list) else answer["versions"]:
            by = entry.get("createdBy") or ""
            # A list calls every first save "Initial save", whatever was said about it.
            said = entry if entry["parentVersion"] else self.session.json(f"{path}/{entry['version']}")
            yield Save(
                entry["version"], entry["created"], "" if by in NOBODY else by, said.get("message") or ""
            )
