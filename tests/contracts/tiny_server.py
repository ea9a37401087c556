"""A server of a few lines: it tells the content of a file, and refuses to reload the text `refuse`."""

from __future__ import annotations

import signal
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PATH, (HOST, PORT) = Path(sys.argv[1]), sys.argv[2].split(":")


class Handler(BaseHTTPRequestHandler):
    """Answers any GET with what it has read."""

    read = PATH.read_bytes()

    def do_GET(self) -> None:  # the name that http.server calls
        self.answer(200, Handler.read)

    def do_POST(self) -> None:  # the same
        fresh = PATH.read_bytes()
        if fresh == b"refuse":
            self.answer(500, b"not this")
            return
        Handler.read = fresh
        self.answer(200, b"")

    def answer(self, code: int, body: bytes) -> None:
        self.send_response(code)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the name of the base class
        pass


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # the first process of a container has no default
    sys.stdout.write(f"{PATH.parent.name} listens\n")
    sys.stdout.flush()
    with ThreadingHTTPServer((HOST, int(PORT)), Handler) as server:
        server.serve_forever()
