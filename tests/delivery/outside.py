"""The services outside: they take what the real ones take, and can be unwell for a while."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from stack.exporters._messages import Answer, Rejected, Request, Route, text
from stack.exporters._server import Server
from stack.exporters.sink.protocols import pagerduty, slack, webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from stack.exporters.sink.notification import Notification, Protocol

    Mood = Callable[[Request], Answer | None]

__all__ = ["Outside", "busy", "outside", "refuses", "slow", "unwell"]

PLACES = {
    "slack": ("/services/T0/B0/secret", slack.PROTOCOL),
    "pagerduty": ("/v2/enqueue", pagerduty.PROTOCOL),
    "automation": ("/hook", webhook.PROTOCOL),
}
"""Each service by name: its path, and what it takes."""


def busy(request: Request) -> Answer:
    """Ask for a pause."""
    del request
    return Answer(b"rate limited", 429, headers={"Retry-After": "1"})


def unwell(request: Request) -> Answer:
    """Fail."""
    del request
    return text("internal error", 500)


def refuses(request: Request) -> Answer:
    """Refuse for good."""
    del request
    return Answer(b"invalid_payload", 400)


def slow(request: Request) -> None:
    """Take long, and then take it all the same."""
    del request
    time.sleep(1.5)


@dataclass
class Outside:
    """What every service was asked, and how it felt about it."""

    url: str
    moods: dict[str, list[Mood]] = field(default_factory=lambda: defaultdict(list))
    answers: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    arrived: dict[str, list[Notification]] = field(default_factory=lambda: defaultdict(list))

    def address(self, name: str) -> str:
        """Give a service's address."""
        return self.url + PLACES[name][0]

    def routes(self) -> tuple[Route, ...]:
        """Give the pages of all services."""
        return tuple(Route("POST", path, self._page(name, kind)) for name, (path, kind) in PLACES.items())

    def _page(self, name: str, protocol: Protocol) -> Callable[[Request], Answer]:
        def take(request: Request) -> Answer:
            moods = self.moods[name]
            answer = moods.pop(0)(request) if moods else None
            answer = answer or self._taken(name, protocol, request)
            self.answers[name].append(answer.status)
            return answer

        return take

    def _taken(self, name: str, protocol: Protocol, request: Request) -> Answer:
        whole = replace(request, parts={"receiver": name})
        try:
            notification = protocol.read(whole, time.time())
        except Rejected as rejected:
            return protocol.refused(rejected)
        self.arrived[name].append(notification)
        return protocol.taken(notification)


@contextmanager
def outside() -> Iterator[Outside]:
    """Serve them all on one free port."""
    with Server(("127.0.0.1", 0)) as server:
        made = Outside(server.url)
        server.routes = made.routes()
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
