"""A Grafana as a browser sees it after a login, without the browser learning the password."""

from __future__ import annotations

import secrets
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, ClassVar

from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stack.clients.http import Session

__all__ = ["Door", "opened"]

COOKIE = "door"
LONG_LIVED = "/api/live/"
"""What a page keeps open for news; a picture needs none."""

KEPT = frozenset({"accept", "accept-language", "content-type", "user-agent", "x-grafana-org-id"})
"""Headers that are handed on; `Origin` is not, since it names this door, and Grafana would refuse it."""


@dataclass(frozen=True, slots=True)
class Door:
    """An open door.

    Args:
        base: its address.
        pass_: what whoever is inside shows with each request.
        tickets: what lets somebody in, each of them once.
    """

    base: str
    pass_: str
    tickets: set[str]

    def ticket(self, path: str) -> str:
        """Give an address that leads to a page, and lets in whoever comes by it first.

        It stands in the browser's argument list, which everybody on the machine may read: so it is spent with
        the browser's first request.
        """
        made = secrets.token_urlsafe(32)
        self.tickets.add(made)
        return f"{self.base}/{made}{path}"

    def takes(self, ticket: str) -> bool:
        """Take a ticket, where it is one."""
        try:
            self.tickets.remove(ticket)
        except KeyError:
            return False
        return True


@contextmanager
def opened(session: Session) -> Iterator[Door]:
    """Serve a Grafana on a port of this machine alone, logged in as its session is; it is shut at the end."""
    own = type("Own", (_Visitor,), {"session": session})
    server = ThreadingHTTPServer(("127.0.0.1", 0), own)
    server.daemon_threads = True
    door = Door(f"http://127.0.0.1:{server.server_address[1]}", secrets.token_urlsafe(32), set())
    own.door = door  # type: ignore[attr-defined] # that of a visitor
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Visitor(BaseHTTPRequestHandler):
    """One connection of a browser; the server's own class of it has the session and the door."""

    session: ClassVar[Session]
    door: ClassVar[Door]

    def do_GET(self) -> None:
        """Let in who brings a ticket, and hand on what the others ask."""
        ticket, slash, path = self.path.removeprefix("/").partition("/")
        if slash and self.door.takes(ticket):
            self._let_in(f"/{path}")
        else:
            self._hand_on()

    def do_POST(self) -> None:
        """Hand a question on."""
        self._hand_on()

    def log_message(self, *_: object) -> None:
        """Say nothing: what is asked is Grafana's to log."""

    def _let_in(self, path: str) -> None:
        self.send_response(302)
        self.send_header("Set-Cookie", f"{COOKIE}={self.door.pass_}; HttpOnly; Path=/")
        self.send_header("Location", path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not secrets.compare_digest(self._shown(), self.door.pass_.encode()):
            self._answer(403, "text/plain", b"a ticket lets in once")
        elif self.path.startswith(LONG_LIVED):
            self._answer(404, "text/plain", b"")
        else:
            self._ask(body)

    def _shown(self) -> bytes:
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
