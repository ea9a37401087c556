"""The sink's pages: a door for every protocol, and what came through them."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING

from stack.discover import definitions
from stack.exporters._messages import Answer, Rejected, Request, Route, document, text
from stack.exporters.sink.notification import Protocol
from stack.exporters.sink.page import page

if TYPE_CHECKING:
    from stack.exporters.sink.store import Store

__all__ = ["routes"]

PROTOCOLS = "stack.exporters.sink.protocols"


def routes(store: Store) -> tuple[Route, ...]:
    """Give the pages of a store."""

    def show(request: Request) -> Answer:
        found = store.notifications(request.query.get("receiver"), _since(request))
        return document([one.serialise() for one in found])

    def clear(request: Request) -> Answer:
        del request
        store.clear()
        return text("forgotten")

    doors = definitions(PROTOCOLS, "PROTOCOL", Protocol).values()
    return (
        *(_door(protocol, store) for protocol in doors),
        Route("GET", "/notifications", show),
        Route("DELETE", "/notifications", clear),
        Route("GET", "/", lambda _: page(store.notifications())),
    )


def _door(protocol: Protocol, store: Store) -> Route:
    def take(request: Request) -> Answer:
        try:
            arrived = protocol.read(request, time.time())
        except Rejected as rejected:
            return protocol.refused(rejected)
        store.keep(arrived)
        return protocol.taken(arrived)

    return Route("POST", protocol.pattern, take)


def _since(request: Request) -> float:
    written = request.query.get("since", "0")
    try:
        since = float(written)
    except ValueError:
        since = math.nan
    if math.isnan(since):
        raise Rejected(400, f"since='{written}' is no Unix time in seconds")
    return since
