"""What the organisation prefers: its home dashboard, time zone and colours.

Source: https://grafana.com/docs/grafana/latest/developers/http_api/preferences/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.clients.grafana.differences import same
from stack.clients.grafana.kind import Found, Kind, cut

if TYPE_CHECKING:
    from collections.abc import Collection

    from stack.clients.grafana.api import Api

__all__ = ["KIND"]

LIST = "/api/org/preferences"

UNSAID = {"homeDashboardUID": "", "theme": "", "timezone": "", "weekStart": ""}
"""What is sent where nothing was kept, which newer servers do not list: a home dashboard not named stays."""


def _read(api: Api, only: Collection[str] | None) -> Found:
    del only
    # The number is the server's own; the uid beside it says the same.
    return Found((cut(api.json(LIST), ("homeDashboardId",)),))


KIND = Kind(
    name="preferences",
    noun="preferences",
    read=_read,
    overwrite=lambda api, kept, _: api.send("PUT", LIST, {**UNSAID, **kept}),
    key=lambda _: "org",
    same=same,
)
