"""The only door to servers: a base URL, a time limit on every call, and errors that name the address."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any

import requests
from requests.adapters import HTTPAdapter

from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TOKEN", "Session", "accepted", "lines"]

TOKEN = "X-Monitoring-Token"  # noqa: S105 # the name of a header
"""The header of the deploy token: `Authorization` may be that of the server behind the proxy."""

PAUSES = (0.1, 0.4)
"""Seconds before a GET is asked a second and a third time."""

KEPT = 32
"""Connections to one server that are kept for the next request: as many as there are threads that ask it."""


def lines() -> requests.Session:
    """Give what keeps connections open for the next request: to the proxy, each new one is a handshake.

    Threads may share it. It follows no setting of the machine, and keeps no cookie.
    """
    kept = requests.Session()
    kept.trust_env = False
    kept.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    for scheme in ("http://", "https://"):
        kept.mount(scheme, HTTPAdapter(pool_maxsize=KEPT))
    return kept


@dataclass(frozen=True, slots=True)
class Session:
    """HTTP to one server; not following the machine's proxy settings, which are not for its own services.

    Args:
        base: the server's address, without a closing slash.
        timeout: seconds for the connection and for each read.
        auth: user and password, where the server asks for them.
        verify: a CA file, or whether to check certificates at all.
        token: what the proxy in front of the server asks for.
        retries: how often a GET is asked again where the connection was refused or cut, or the server failed
            (5xx); not where it was only slow, which would make a wait of many, and never where it said no.
        lines: the connections that it goes over.
    """

    base: str
    timeout: float = 5.0
    auth: tuple[str, str] | None = field(default=None, repr=False)
    verify: str | bool = True
    token: str = field(default="", repr=False)
    retries: int = 0
    lines: requests.Session = field(default_factory=lines, repr=False, compare=False)

    def request(  # noqa: PLR0913 # the parts of a request, as `requests` names them
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        data: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        timeout: float | None = None,
    ) -> requests.Response:
        """Send one request and give the answer, whatever its status.

        Raises:
            HttpFailed: there was no answer.
        """
        url = self.base + path
        try:
            return self.lines.request(
                method,
                url,
                params=params,
                json=json,
                data=data,
                headers={**({TOKEN: self.token} if self.token else {}), **(headers or {})},
                stream=stream,
                timeout=timeout or self.timeout,
                auth=self.auth,
                verify=self.verify,
            )
        except OSError as error:  # all of theirs are, and so is a CA file that is not there
            raise HttpFailed(method=method, url=url, message=_reason(error)) from error

    def get(self, path: str, **params: object) -> requests.Response:
        """GET a page that must answer 2xx.

        Raises:
            HttpFailed: no answer, or another status.
        """
        for pause in PAUSES[: self.retries]:
            try:
                return accepted(self.request("GET", path, params=params))
            except HttpFailed as failed:
                if not _may_pass(failed):
                    raise
            time.sleep(pause)
        return accepted(self.request("GET", path, params=params))

    def json(self, path: str, **params: object) -> Any:  # JSON holds anything
        """GET a JSON document.

        Raises:
            HttpFailed: no answer, another status than 2xx, or no JSON.
        """
        return _decoded(self.get(path, **params))

    def post(self, path: str, document: object = None, *, timeout: float | None = None) -> requests.Response:
        """POST a JSON document, or nothing, to a path that must answer 2xx.

        Raises:
            HttpFailed: no answer, or another status.
        """
        return accepted(self.request("POST", path, json=document, timeout=timeout))

    def put(self, path: str, document: object) -> requests.Response:
        """PUT a JSON document to a path that must answer 2xx.

        Raises:
            HttpFailed: no answer, or another status.
        """
        return accepted(self.request("PUT", path, json=document))

    def delete(self, path: str) -> requests.Response:
        """DELETE what a path leads to; it must answer 2xx.

        Raises:
            HttpFailed: no answer, or another status.
        """
        return accepted(self.request("DELETE", path))


def accepted(answer: requests.Response) -> requests.Response:
    """Give an answer back where it is 2xx.

    Raises:
        HttpFailed: it has another status.
    """
    if not answer.ok:
        message = f"{answer.status_code} {answer.text.strip()[:300]}".strip()
        raise HttpFailed(
            method=answer.request.method, url=answer.url, message=message, status=answer.status_code
        )
    return answer


def _may_pass(failed: HttpFailed) -> bool:
    slow = isinstance(failed.__cause__, requests.Timeout)
    return not slow if failed.status is None else failed.status >= 500


def _decoded(answer: requests.Response) -> Any:  # JSON holds anything
    try:
        return answer.json()
    except requests.JSONDecodeError as error:
        raise HttpFailed(method="GET", url=answer.url, message="the answer is no JSON") from error


def _reason(error: OSError) -> str:
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.SSLError):
        return "no trusted TLS connection: its certificate is of another name or authority, or too old"
    if isinstance(error, requests.ConnectionError):
        return "connection refused or cut"
    return str(error)
