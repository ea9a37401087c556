"""A Grafana as a browser sees it after a login, without the browser learning the password."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.clients.http import Session

__all__ = ["opened"]

COOKIE = "door"
LONG_LIVED = "/api/live/"
"""What a page keeps open for news; a picture needs none."""

KEPT = frozenset({"accept", "accept-language", "content-type", "user-agent", "x-grafana-org-id"})
"""Headers that are handed on; `Origin` is not, since it names this door, and Grafana would refuse it."""


@contextmanager
def opened(session: Session) -> Iterator[str]:
    """Serve a Grafana on a port of this machine alone, logged in as its session is.

    Yields:
        the address that opens it: `…/KEY`, to which a page's path is added. Only who comes by it is let in,
        and it is told nobody else: an argument list would tell everybody on the machine.
    """
    key = secrets.token_urlsafe(32)
    own = type("Door", (_Door,), {"session": session, "key": key})
    server = ThreadingHTTPServer(("127.0.0.1", 0), own)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/{key}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Door(BaseHTTPRequestHandler):
    """One connection of a browser; the server's own class of it has the session and the key."""

    session: ClassVar[Session]
    key: ClassVar[str]

    def do_GET(self) -> None:
        """Let in who brings the key, and hand on what the others ask."""
        if self.path.startswith(f"/{self.key}/"):
            self._let_in(self.path.removeprefix(f"/{self.key}"))
        else:
            self._hand_on()

    def do_POST(self) -> None:
        """Hand a question on."""
        self._hand_on()

    def log_message(self, *_: object) -> None:
        """Say nothing: an address holds the key."""

    def _let_in(self, path: str) -> None:
        self.send_response(302)
        self.send_header("Set-Cookie", f"{COOKIE}={self.key}; HttpOnly; Path=/")
        self.send_header("Location", path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not secrets.compare_digest(self._shown_key(), self.key.encode()):
            self._answer(403, "text/plain", b"come by the address that opens this door")
        elif self.path.startswith(LONG_LIVED):
            self._answer(404, "text/plain", b"")
        else:
            self._ask(body)

    def _shown_key(self) -> bytes:
        try:
            cookie = SimpleCookie(self.headers.get("Cookie") or "").get(COOKIE)
        except CookieError:
            return b""
        return cookie.value.encode() if cookie else b""

    def _ask(self, body: bytes) -> None:
        headers = {name: value for name, value in self.headers.items() if name.lower() in KEPT}
        try:
            found = self.session.request(
                self.command, self.path, data=body or None, headers=headers, timeout=60
            )
        except HttpFailed as failed:
            self._answer(502, "text/plain", str(failed).encode())
        else:
            self._answer(found.status_code, found.headers.get("Content-Type", "text/plain"), found.content)

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
