"""An HTTP server for our own small programs: bounded requests, one thread each, no noise for lost clients."""

from __future__ import annotations

import sys
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from stack.errors import StackError
from stack.exporters._messages import Answer, Rejected, Request, answer, text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters._messages import Route

__all__ = ["LONGEST_BODY", "Server"]

LONGEST_BODY = 4 * 1024 * 1024
"""Bytes of a body that are read at most; a notification of a thousand alerts has about one million."""


class Server(ThreadingHTTPServer):
    """Binds its address at once; answers by its routes when it is served.

    Raises:
        StackError: the address cannot be had.
    """

    daemon_threads = True
    request_queue_size = 64
    routes: Sequence[Route] = ()

    def __init__(self, address: tuple[str, int]) -> None:
        try:
            super().__init__(address, _Exchange)
        except OSError as error:
            message = f"cannot listen on {address[0]}:{address[1]}: {error.strerror}; see --listen"
            raise StackError(message=message) from error

    @property
    def url(self) -> str:
        """Where it answers."""
        host, port = self.socket.getsockname()[:2]
        return f"http://{host}:{port}"

    def server_bind(self) -> None:
        """Bind without the name look-up of the base class, which can take seconds where DNS is slow."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep silent about a client that hung up or fell asleep; anything else is a bug and shows itself."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Exchange(BaseHTTPRequestHandler):
    """Reads requests from one connection and writes the answers."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "monitoring-stack"
    sys_version = ""
    timeout = 30.0
    # Head and body are two writes: without this, a kept connection waits 40 ms between them.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Answer one request of any method."""
        try:
            given = self._answer(self._request())
        except Rejected as rejected:
            # What is left of the body would be read as the next request.
            self.close_connection = True
            given = text(str(rejected), rejected.status)
        self._write(given)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815 # as above

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 # the base class names it so
        """Write no access log: a scrape every few seconds is no news."""

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        return Request(
            method="GET" if self.command == "HEAD" else self.command,
            path=unquote(path),
            query=dict(parse_qsl(query, keep_blank_values=True)),
            body=self._body(),
            accept=self.headers.get("Accept", ""),
            media=self.headers.get("Content-Type", "").partition(";")[0].strip().lower(),
            headers={name.lower(): self.headers[name] for name in self.headers},
        )

    def _body(self) -> bytes:
        if "Transfer-Encoding" in self.headers:
            raise Rejected(411, "a body needs a Content-Length")
        length = self.headers.get("Content-Length", "0")
        if not (length.isascii() and length.isdigit()):
            raise Rejected(400, "Content-Length is no number of bytes")
        if len(length) > 9 or int(length) > LONGEST_BODY:
            raise Rejected(413, f"the body is longer than {LONGEST_BODY} bytes")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            raise ConnectionAbortedError
        return body

    def _answer(self, request: Request) -> Answer:
        try:
            return answer(self.server.routes, request)
        except Exception:  # noqa: BLE001 # a bug in one page must not take the connection with it
            traceback.print_exc()
            return text("internal error; the program's log has more", 500)

    def _write(self, given: Answer) -> None:
        self.send_response(given.status)
        self.send_header("Content-Type", given.media)
        self.send_header("Content-Length", str(len(given.body)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if self.close_connection:
            self.send_header("Connection", "close")
        for name, value in given.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(given.body)
