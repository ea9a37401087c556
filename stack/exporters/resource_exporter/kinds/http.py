"""Up when a GET answers with an expected status; a redirect is an answer, not a way to go on."""

from __future__ import annotations

from contextlib import closing
from http.client import HTTPConnection, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["check"]


def check(url: str, status: Sequence[int] = (200,), *, timeout: float) -> bool:
    """Ask a page once.

    Raises:
        OSError: there was no answer.
        HTTPException: the answer is no HTTP.
    """
    parts = urlsplit(url)
    with closing(_connection(parts, timeout)) as connection:
        connection.request("GET", _target(parts), headers={"Connection": "close"})
        with connection.getresponse() as response:
            return response.status in status


def _connection(parts: SplitResult, timeout: float) -> HTTPConnection:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=timeout)


def _target(parts: SplitResult) -> str:
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
