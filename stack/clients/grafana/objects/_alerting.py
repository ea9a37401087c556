"""What all objects of the alerting interface have in common.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/alerting_provisioning/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.clients.grafana.kind import REFUSED, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["BASE", "PROVENANCE", "TAKEN", "delete", "is_from_file", "kept_of", "write"]

BASE = "/api/v1/provisioning"

PROVENANCE = "provenance"
"""Where one comes from: `file`, `api`, or empty where somebody has made it in the editor."""

TAKEN = REFUSED | {500}
"""The alerting interface says with a 500 that a uid or a title is taken."""

NOT_KEPT = ("id", "orgID", "updated", "version")


def kept_of(found: Mapping[str, Any]) -> Document:
    """Give an object as it is kept."""
    return {**cut(found, NOT_KEPT), PROVENANCE: found.get(PROVENANCE) or ""}


def is_from_file(document: Document) -> bool:
    """Say whether one was provisioned by a file."""
    return bool(document[PROVENANCE] == "file")


def write(api: Api, method: str, path: str, kept: Document, live: Document | None = None) -> None:
    """Write one, locked or open to edits as the live one is; a new one as it was kept.

    What is locked takes no other provenance, so that locking an open one could not be taken back.

    Raises:
        HttpFailed: no answer, or a refusal.
    """
    locked = (live or kept).get(PROVENANCE) == "api"
    api.send(method, f"{BASE}/{path}", cut(kept, (PROVENANCE,)), unlocked=not locked)


def delete(api: Api, path: str, live: Document) -> None:
    """Delete one, by the provenance that it has.

    Raises:
        HttpFailed: no answer, or a refusal: it is in use, or there is none.
    """
    api.send("DELETE", f"{BASE}/{path}", unlocked=live[PROVENANCE] != "api")
