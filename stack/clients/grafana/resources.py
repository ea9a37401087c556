"""Dashboards and folders over `/apis`: one way to list, read, write and look back, from Grafana 13 on.

Source: https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/apis/
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from stack.clients.grafana.values import Listed, Live, Save
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.http import Session

__all__ = ["FOLDER", "GROUP", "MESSAGE", "Resources", "dashboards", "has_resources", "items", "versions"]

GROUP = "/apis/dashboard.grafana.app"
FOLDERS = "/apis/folder.grafana.app/v1/namespaces/default/folders"
HISTORY = "grafana.app/get-history=true"
FOLDER, MESSAGE = "grafana.app/folder", "grafana.app/message"
"""Annotations: what something lies in, and what was said of its last save."""

PEOPLE = ("user:", "service-account:", "api-key:")
"""What begins the name of somebody who saves; anything else is a part of the server."""

PAGE = 200


def dashboards(version: str) -> str:
    """Give the path of all dashboards in a version of their schema."""
    return f"{GROUP}/{version}/namespaces/default/dashboards"


DASHBOARDS = dashboards("v1")


def has_resources(session: Session) -> bool:
    """Say whether a server has the stable version; a beta, as of Grafana 12, need not know any history."""
    return "v1" in versions(session)


def versions(session: Session) -> tuple[str, ...]:
    """Name the versions in which a server takes and gives dashboards; none where it has no such interface."""
    try:
        found = session.get(GROUP).json()
    except HttpFailed as failed:
        if failed.status not in {403, 404, 406}:
            raise
        return ()
    except ValueError:  # a page for people, as an older one may show for whatever it does not know
        return ()
    return tuple(version.get("version", "") for version in found.get("versions", ()))


@dataclass(frozen=True, slots=True)
class Resources:
    """The interface below `/apis`, in the namespace of the first organisation."""

    session: Session

    def folders(self) -> Mapping[str, str]:
        """Give the title of each folder, by uid."""
        return {
            item["metadata"]["name"]: item["spec"]["title"] for item in items(self.session, FOLDERS, PAGE)
        }

    def create_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        self.session.post(FOLDERS, {"metadata": {"name": uid}, "spec": {"title": title}})

    def delete_folder(self, uid: str) -> None:
        """Delete a folder with all that is in it."""
        self.session.delete(f"{FOLDERS}/{uid}")

    def listed(self, page: int) -> Iterator[Listed]:
        """List every dashboard, so many at a time."""
        for live in map(_live, items(self.session, DASHBOARDS, page)):
            yield Listed(live.uid, live.title, live.folder)

    def inside(self, folder: str) -> Iterator[Live]:
        """Give every dashboard of a folder: the list has them whole, so that this is one request for most."""
        return (live for live in map(_live, items(self.session, DASHBOARDS, PAGE)) if live.folder == folder)

    def dashboard(self, uid: str) -> Live:
        """Give one dashboard."""
        return _live(self.session.json(f"{DASHBOARDS}/{uid}"))

    def save(self, model: Mapping[str, Any], folder: str, message: str, mark: str | None) -> None:
        """Save a dashboard: a new one without a mark, on top of any with an empty one."""
        uid = str(model["uid"])
        document: dict[str, Any] = {
            "metadata": {
                "name": uid,
                "annotations": {FOLDER: folder, MESSAGE: message},
            },
            "spec": {key: value for key, value in model.items() if key not in {"id", "uid", "version"}},
        }
        if mark:
            document["metadata"]["resourceVersion"] = mark
        if mark is None or (mark == "" and not self._has(uid)):
            self.session.post(DASHBOARDS, document)
        else:
            self.session.put(f"{DASHBOARDS}/{uid}", document)

    def delete(self, uid: str) -> None:
        """Delete a dashboard."""
        self.session.delete(f"{DASHBOARDS}/{uid}")

    def saves(self, uid: str, most: int) -> Iterator[Save]:
        """Give the last saves of a dashboard, the newest first.

        Source: …/http-api/resource-history/
        """
        history = {"labelSelector": HISTORY, "fieldSelector": f"metadata.name={uid}"}
        found = [_save(item) for item in islice(items(self.session, DASHBOARDS, most, **history), most)]
        # What an older interface has saved has no history here, and says who saved it last all the same.
        yield from found or [_save(self.session.json(f"{DASHBOARDS}/{uid}"))]

    def _has(self, uid: str) -> bool:
        try:
            self.dashboard(uid)
        except HttpFailed as failed:
            if failed.status != 404:
                raise
            return False
        return True


def items(session: Session, path: str, page: int, **selectors: str) -> Iterator[Mapping[str, Any]]:
    """Yield every item of a list, asking for so many at a time.

    Raises:
        HttpFailed: no answer, or a refusal.
    """
    following: dict[str, str] = {}
    while True:
        answer = session.json(path, limit=page, **selectors, **following)
        yield from answer["items"]
        token = (answer.get("metadata") or {}).get("continue")
        if not token:
            return
        following = {"continue": token}


def _live(item: Mapping[str, Any]) -> Live:
    metadata, notes = item["metadata"], item["metadata"].get("annotations") or {}
    return Live(
        model={**item["spec"], "uid": metadata["name"]},
        file=PurePosixPath(notes.get("grafana.app/sourcePath", "")).name,
        version=metadata.get("generation", 0),
        folder=notes.get(FOLDER, ""),
        mark=metadata.get("resourceVersion", ""),
    )


def _save(item: Mapping[str, Any]) -> Save:
    metadata, notes = item["metadata"], item["metadata"].get("annotations") or {}
    by = notes.get("grafana.app/updatedBy") or notes.get("grafana.app/createdBy") or ""
    return Save(
        version=metadata.get("generation", 0),
        at=notes.get("grafana.app/updatedTimestamp") or metadata.get("creationTimestamp", ""),
        by=by if by.startswith(PEOPLE) else "",
        message=notes.get(MESSAGE, ""),
    )
