from __future__ import annotations

import threading
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from stack.clients.http import Session, lines
from stack.exporters._program import common_routes
from stack.exporters._server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from prometheus_client.registry import Collector

    from stack.exporters._messages import Route


@contextmanager
def _served(routes: Sequence[Route]) -> Iterator[Session]:
    with Server(("127.0.0.1", 0)) as server:
        server.routes = routes
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            with lines() as kept:
                yield Session(server.url, lines=kept)
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def serve() -> Iterator[Callable[..., Session]]:
    """Serve routes and the common ones on a free port, until the test ends."""
    with ExitStack() as stack:

        def start(routes: Sequence[Route] = (), *collectors: Collector) -> Session:
            return stack.enter_context(_served((*routes, *common_routes(*collectors))))

        yield start


@pytest.fixture
def eventually() -> Callable[[Callable[[], Any]], None]:
    """Wait until a condition holds, generously: how fast it comes true is not what is tested."""

    def wait(condition: Callable[[], Any]) -> None:
        deadline = time.monotonic() + 20
        while not condition():
            assert time.monotonic() < deadline, "it never came true"
            time.sleep(0.01)

    return wait


@pytest.fixture
def notification() -> Callable[..., dict[str, Any]]:
    """Make Alertmanager's webhook payload of alerts by their labels."""

    def make(*labels: dict[str, str], status: str = "firing") -> dict[str, Any]:
        alerts = [
            {
                "status": status,
                "labels": {"alertname": "Watchdog", **own},
                "annotations": {},
                "startsAt": f"2026-01-01T00:00:{at:02d}.5Z",
                "endsAt": "0001-01-01T00:00:00Z",
                "generatorURL": "",
                "fingerprint": f"{at:016x}",
            }
            for at, own in enumerate(labels)
        ]
        return {"version": "4", "receiver": "team", "status": status, "alerts": alerts}

    return make
