"""HTTP in front of a function that gives status, document and further headers."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Answering = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Any, Mapping[str, str]]]

__all__ = ["handler"]


def handler(answer: Answering) -> type[BaseHTTPRequestHandler]:
    """Give the class that a server makes one of for each connection."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Else each answer waits 40 ms for the other side to say that it has its head.
        disable_nagle_algorithm = True

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, document, more = answer(self.command, self.path, dict(self.headers), body)
            raw = isinstance(document, bytes)
            data = document if raw else b"" if document is None else json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4" if raw else "application/json")
            self.send_header("Content-Length", str(len(data)))
            for name, value in more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815 # the base class' names

        def log_message(self, *_: object) -> None:
            pass

    return Handler
