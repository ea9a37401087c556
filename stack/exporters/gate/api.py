"""The gate's own pages: what the proxy asks before it lets a request through.

Source: https://caddyserver.com/docs/caddyfile/directives/forward_auth
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from stack.errors import StackError
from stack.exporters._messages import Answer, Request, Route, text
from stack.exporters.gate.guests import Guests, Stranger, TooMany
from stack.exporters.gate.metrics import Counts
from stack.exporters.gate.paths import demand
from stack.exporters.gate.settings import read

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Gate"]

CHALLENGE = {"WWW-Authenticate": 'Basic realm="monitoring", charset="UTF-8"'}
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class Gate:
    """Judges by its file.

    Raises:
        StackError: the file or a secret is wrong.
    """

    def __init__(self, config: Path, deploy_token: Path) -> None:
        self._config, self._deploy_token = config, deploy_token
        self._guests = Guests(read(config, deploy_token))
        self._reloading = threading.Lock()
        self.counts = Counts()

    @property
    def routes(self) -> tuple[Route, ...]:
        """Its pages."""
        return (
            Route("GET", "/check", self._check),
            Route("GET", "/login", self._login),
            Route("POST", "/-/reload", self._reload),
        )

    def _check(self, request: Request) -> Answer:
        outcome, answer = self._judged(request)
        self.counts.add(outcome)
        return answer

    def _judged(self, request: Request) -> tuple[str, Answer]:
        try:
            grant = self._guests.grant(request.headers, _address(request))
        except Stranger:
            return "stranger", Answer(b"who are you?\n", 401, headers=CHALLENGE)
        except TooMany as many:
            return "limited", _later(many)
        try:
            grants = demand(_method(request), request.headers.get("x-forwarded-uri", ""))
        except ValueError as error:
            return "malformed", text(str(error), 400)
        if grants is None:
            return "unknown", text("there is nothing here", 404)
        if grant not in grants or _forged(request):
            return "forbidden", text("not for you", 403)
        return "allowed", text("come in")

    def _login(self, request: Request) -> Answer:
        try:
            self._guests.log_in(_address(request))
        except TooMany as many:
            self.counts.add("limited")
            return _later(many)
        return text("try it")

    def _reload(self, request: Request) -> Answer:
        del request
        with self._reloading:
            try:
                self._guests.meet(read(self._config, self._deploy_token))
            except StackError as error:
                return text(f"the old configuration stays: {error}", 500)
        return text("read again")


def _address(request: Request) -> str:
    """Give the client's address: the proxy believes no such header of a client and writes its own."""
    return request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()


def _method(request: Request) -> str:
    return request.headers.get("x-forwarded-method", "")


def _forged(request: Request) -> bool:
    """Say whether another site's page made the browser of somebody who is known here send this.

    Source: https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header
    """
    site = request.headers.get("sec-fetch-site", "none")
    return _method(request) not in SAFE and site not in {"none", "same-origin"}


def _later(many: TooMany) -> Answer:
    line = f"too many failed logins; try again in {many.seconds} s\n"
    return Answer(line.encode(), 429, headers={"Retry-After": str(many.seconds)})
