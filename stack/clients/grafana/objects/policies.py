"""The tree of notification policies: one object, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.kind import Found, Kind
from stack.clients.grafana.objects._alerting import BASE, PROVENANCE, TAKEN, is_from_file, kept_of, write

if TYPE_CHECKING:
    from collections.abc import Collection

    from stack.clients.grafana.api import Api
    from stack.clients.grafana.kind import Document

__all__ = ["KIND"]

LIST = "policies"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    return Found((kept_of(api.json(f"{BASE}/{LIST}")),))


def _overwrite(api: Api, kept: Document, live: Document) -> None:
    # There is always one: what is kept as locked would never be locked again.
    write(api, "PUT", LIST, kept, kept if kept[PROVENANCE] == "api" else live)


def _put_back(api: Api, before: Document, live: Document) -> None:
    if live[PROVENANCE] and not before[PROVENANCE]:
        # Locked, it takes no other provenance: only as it is from the start it is open again.
        api.send("DELETE", f"{BASE}/{LIST}")
        live = before
    write(api, "PUT", LIST, before, live)


KIND = Kind(
    name="policies",
    noun="notification policies",
    read=_read,
    overwrite=_overwrite,
    put_back=_put_back,
    key=lambda _: "root",
    aside=(PROVENANCE,),
    shipped=is_from_file,
    refused=TAKEN,
)
