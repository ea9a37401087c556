"""Connections are kept for the next request, whoever makes it, and nothing else is kept with them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from stack.clients.http import Session, lines

if TYPE_CHECKING:
    from collections.abc import Iterator


class Counting(BaseHTTPRequestHandler):
    """Keeps connections open, but for `/last`; tells how many there have been, and the cookie it was sent."""

    protocol_version = "HTTP/1.1"
    made = 0

    def setup(self) -> None:
        super().setup()
        type(self).made += 1

    def do_GET(self) -> None:  # as it is called
        body = f"{self.made} {self.headers.get('Cookie')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "who=me")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = self.path == "/last"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def counting() -> Iterator[str]:
    """Serve pages that tell of connections."""
    handler = type("Handler", (Counting,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_connection_serves_all_that_share_it_without_a_memory_and_is_made_anew_where_it_was_closed(
    counting: str,
) -> None:
    with lines() as shared, ThreadPoolExecutor(8) as pool:
        first, second = Session(counting, lines=shared), Session(counting, auth=("a", "b"), lines=shared)

        assert [one.get("/").text for one in (first, second, first)] == ["1 None"] * 3
        assert first.get("/last").text == "1 None"
        assert second.get("/").text == "2 None"
        assert max(pool.map(lambda _: int(first.get("/").text.split()[0]), range(200))) <= 2 + 8
