"""The tree of notification policies: one object, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.kind import Found, Kind
from stack.clients.grafana.objects._alerting import BASE, PROVENANCE, TAKEN, is_from_file, kept_of, write

if TYPE_CHECKING:
    from collections.abc import Collection

    from stack.clients.grafana.api import Api

__all__ = ["KIND"]

LIST = "policies"


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    return Found((kept_of(api.json(f"{BASE}/{LIST}")),))


KIND = Kind(
    name="policies",
    noun="notification policies",
    read=_read,
    overwrite=lambda api, kept, live: write(api, "PUT", LIST, kept, live),
    key=lambda _: "root",
    aside=(PROVENANCE,),
    shipped=is_from_file,
    refused=TAKEN,
)
