"""The container engine's API over its socket or TCP, by the standard library; the discoverer only reads.

Source: https://docs.docker.com/reference/api/engine/
"""

from __future__ import annotations

import json
import socket
from contextlib import closing, contextmanager, suppress
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Engine", "EngineFailed", "Forbidden"]

NEWEST = (1, 51)
"""The newest API that is asked for; an engine that speaks an older one is asked in that."""

PATIENCE = 5.0
"""Seconds that the engine has for an answer; asked for a list of hundreds, it takes a tenth of one."""


WELL = frozenset({HTTPStatus.OK, HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


class EngineFailed(Exception):
    """The engine gave no answer, or none that can be used: one line."""


class Forbidden(EngineFailed):
    """We may not use the engine's socket."""


class Engine:
    """One engine at `unix:///path` or `tcp://host:port`; a connection for each question."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.version = ""

    def negotiate(self) -> None:
        """Settle on a version of the API that both sides speak.

        Raises:
            EngineFailed: the engine is away, or speaks only newer ones.
        """
        said = self._get("/version", PATIENCE)
        theirs, least = _numbers(said, "ApiVersion"), _numbers(said, "MinAPIVersion")
        if least > NEWEST:
            raise EngineFailed(f"the engine speaks only API {_dotted(least)} and newer, we {_dotted(NEWEST)}")
        self.version = _dotted(min(theirs, NEWEST))

    def get(self, path: str, timeout: float = PATIENCE, **query: str) -> Any:
        """Ask for a JSON document, once a version is settled.

        Raises:
            EngineFailed: there is none within so many seconds.
        """
        return self._get(self._versioned(path, query), timeout)

    def post(self, path: str, timeout: float) -> None:
        """Ask for something to be done, once a version is settled; what is so already is well.

        Raises:
            EngineFailed: it was not done within so many seconds.
        """
        with closing(self._connection(timeout)) as connection:
            _answer(connection, self._versioned(path, {}), self.address, "POST")

    @contextmanager
    def stream(self, path: str, **query: str) -> Iterator[Iterator[dict[str, Any]]]:
        """Give the documents of a stream, one a line, as they come, until the block ends.

        Leaving the block also ends a reader in another thread that waits for the next one.

        Raises:
            EngineFailed: the stream cannot be had.
        """
        connection = self._connection(PATIENCE)
        try:
            answer = _answer(connection, self._versioned(path, query), self.address)
        except EngineFailed:
            connection.close()
            raise
        line = connection.sock
        line.settimeout(None)
        try:
            yield _documents(answer)
        finally:
            # Only the line: the answer is still in the hands of whoever reads it, and comes to its end.
            _hang_up(line)

    def _versioned(self, path: str, query: dict[str, str]) -> str:
        return f"/v{self.version}{path}" + (f"?{urlencode(query)}" if query else "")

    def _get(self, target: str, timeout: float) -> Any:
        with closing(self._connection(timeout)) as connection:
            answer = _answer(connection, target, self.address)
            try:
                return json.loads(answer.read())
            except (OSError, HTTPException, ValueError) as error:
                raise EngineFailed(f"{self.address}: the answer broke off: {error}") from error

    def _connection(self, timeout: float) -> HTTPConnection:
        parts = urlsplit(self.address)
        if parts.scheme == "unix":
            return _Local(parts.path, timeout)
        return HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)


class _Local(HTTPConnection):
    """HTTP over a socket of this machine."""

    def __init__(self, path: str, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._path)


def _answer(connection: HTTPConnection, target: str, address: str, method: str = "GET") -> HTTPResponse:
    try:
        connection.request(method, target)
        answer = connection.getresponse()
    except PermissionError as error:
        raise Forbidden(f"may not use {address}: {error.strerror}") from error
    except (OSError, HTTPException) as error:
        raise EngineFailed(f"{address}: {error}") from error
    if answer.status not in WELL:
        raise EngineFailed(f"{address}: {target} answers {answer.status}: {_said(answer)}")
    return answer


def _said(answer: HTTPResponse) -> str:
    """Give in one line what the engine says of a refusal."""
    said = answer.read(2000).decode(errors="replace")
    with suppress(ValueError, KeyError, TypeError):
        said = str(json.loads(said)["message"])
    return " ".join(said.split())


def _documents(answer: HTTPResponse) -> Iterator[dict[str, Any]]:
    """Yield what comes; the end of a stream, however it comes, is just its end."""
    try:
        for line in answer:
            if line.strip():
                yield json.loads(line)
    except (OSError, HTTPException, ValueError):
        return


def _hang_up(line: socket.socket) -> None:
    with suppress(OSError):  # the engine may have been quicker
        line.shutdown(socket.SHUT_RDWR)
    line.close()


def _numbers(said: Any, key: str) -> tuple[int, ...]:
    try:
        return tuple(int(part) for part in said[key].split("."))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise EngineFailed(
            "what answers is no container engine: it does not tell its API's version"
        ) from error


def _dotted(numbers: tuple[int, ...]) -> str:
    return ".".join(map(str, numbers))
