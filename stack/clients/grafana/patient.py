"""A session that asks a busy Grafana again, for as long as that is within reason."""

from __future__ import annotations

import time
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

from stack.clients.http import Session
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

__all__ = ["Patient", "patient"]

TRIES = 4
PAUSE = 0.5
"""Seconds before the second try; twice as many before each further one."""

LONGEST = 30.0
"""Seconds that a server may ask to wait for; whoever asks for more is given up."""

SLOWEST = 30.0
"""Seconds for an answer: a list of thousands takes some."""

BUSY = 429
"""Also a write may be asked again then: it was not even looked at."""

FAILING = frozenset({500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patient(Session):
    """A session that tries again where a server is busy, fails, is slow or away; a write only if it is busy.

    Args:
        sleep: waits so many seconds.
    """

    sleep: Callable[[float], None] = time.sleep

    def request(self, method: str, path: str, **rest: Any) -> requests.Response:
        """Send one request, several times where need be, and give the last answer, whatever its status.

        Raises:
            HttpFailed: there was no answer, or it asks for a longer wait than is reasonable.
        """
        for pause in (PAUSE * 2**number for number in range(TRIES - 1)):
            try:
                answer = Session.request(self, method, path, **rest)
            except HttpFailed:
                if method != "GET":
                    raise
                self.sleep(pause)
                continue
            if not _may_pass(method, answer.status_code):
                return answer
            self.sleep(_wished(answer, pause))
        return Session.request(self, method, path, **rest)

    def get(self, path: str, **params: object) -> requests.Response:
        """GET a page that must answer 2xx; the tries of a usual session would multiply with these.

        Raises:
            HttpFailed: no answer, or another status.
        """
        return Session.get(replace(self, retries=0), path, **params)


def patient(session: Session) -> Patient:
    """Give a session that is as another one, and patient."""
    parts = {part.name: getattr(session, part.name) for part in fields(Session)}
    return Patient(**{**parts, "timeout": max(session.timeout, SLOWEST), "retries": 0})


def _may_pass(method: str, status: int) -> bool:
    return status == BUSY or (method == "GET" and status in FAILING)


def _wished(answer: requests.Response, pause: float) -> float:
    """Give the seconds to wait: as the server wishes; a date there is for caches, and is not looked at."""
    wished = answer.headers.get("Retry-After", "")
    seconds = float(wished) if wished.isdecimal() else pause
    if seconds > LONGEST:
        message = f"{answer.status_code}, and asks to wait {wished} seconds, which is too long"
        raise HttpFailed(
            method=str(answer.request.method), url=answer.url, message=message, status=answer.status_code
        )
    return seconds
