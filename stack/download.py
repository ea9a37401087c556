"""Fetching one large file from outside: redirects, going on after a cut, and an end to waiting."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import requests
from urllib3.exceptions import ReadTimeoutError

from stack.errors import HttpFailed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["CONNECT", "STALL", "download", "fetch_text", "reason"]

CONNECT = 3.0
"""Seconds until a connection must stand."""
STALL = 30.0
"""Seconds without a byte after which a server is given up."""
ATTEMPTS = 3
"""Requests in a row that bring nothing new before a download is given up."""
PAUSE = 0.2
CHUNK = 1 << 16


def fetch_text(url: str, *, stall: float = STALL) -> str:
    """GET a small text.

    Raises:
        HttpFailed: no answer, or another status than 200.
    """
    try:
        with _get(url, {}, stall) as answer:
            return answer.text
    except requests.RequestException as error:
        raise HttpFailed(method="GET", url=url, message=reason(error)) from error


def download(
    url: str, target: Path, told: Callable[[int, int | None], None], *, stall: float = STALL
) -> None:
    """Fetch a file; what is there of it after a cut, also of an earlier run, is not fetched again.

    Args:
        url: its address; redirects are followed.
        target: where it is put once it is whole; until then it grows in `<target>.part`.
        told: takes the bytes that are here and how many there will be, None where the server keeps that.
        stall: seconds without a byte after which the server is given up.

    Raises:
        HttpFailed: no answer, another status than 200, a stall, or cut again and again.
        OSError: the disk is full.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    part.touch()
    idle = 0
    while True:
        before = part.stat().st_size
        fault = _go_on(url, part, told, stall)
        if not fault:
            break
        idle = 0 if part.stat().st_size > before else idle + 1
        if idle == ATTEMPTS:
            message = f"{fault}, {idle} times in a row at byte {before}; the next run goes on from there"
            raise HttpFailed(method="GET", url=url, message=message)
        time.sleep(PAUSE)
    part.replace(target)
    _tag(part).unlink(missing_ok=True)


def _go_on(url: str, part: Path, told: Callable[[int, int | None], None], stall: float) -> str:
    """Fetch what is missing; say in a few words why it is still not whole, nothing where it is."""
    try:
        with _get(url, _range(part), stall) as answer:
            if _misplaced(answer, part):
                part.write_bytes(b"")
                return "another part of the file was sent than asked for"
            _receive(answer, part, told)
    except requests.RequestException as error:
        if _stalled(error):
            message = f"no byte for {stall:.0f} s; the next run goes on from there"
            raise HttpFailed(method="GET", url=url, message=message) from error
        return reason(error)
    return ""


def _range(part: Path) -> dict[str, str]:
    """Ask for the rest, but for the whole where the file has changed in the meantime (RFC 9110, 13.1.5)."""
    size, tag = part.stat().st_size, _tag(part)
    if not size or not tag.exists():
        return {}
    return {"Range": f"bytes={size}-", "If-Range": tag.read_text()}


def _misplaced(answer: requests.Response, part: Path) -> bool:
    if answer.status_code == requests.codes.partial_content:
        return not answer.headers.get("Content-Range", "").startswith(f"bytes {part.stat().st_size}-")
    return bool(answer.status_code == requests.codes.requested_range_not_satisfiable)


def _receive(answer: requests.Response, part: Path, told: Callable[[int, int | None], None]) -> None:
    goes_on = answer.status_code == requests.codes.partial_content
    done = part.stat().st_size if goes_on else 0
    length = answer.headers.get("Content-Length")
    total = done + int(length) if length else None
    with part.open("ab" if goes_on else "wb") as file:
        _remember(answer, part)
        for chunk in answer.iter_content(CHUNK):
            file.write(chunk)
            done += len(chunk)
            told(done, total)


def _remember(answer: requests.Response, part: Path) -> None:
    etag = answer.headers.get("ETag", "")
    tag = etag if etag.startswith('"') else answer.headers.get("Last-Modified", "")
    if tag:
        _tag(part).write_text(tag)
    else:
        _tag(part).unlink(missing_ok=True)


def _tag(part: Path) -> Path:
    return part.with_name(f"{part.name}.tag")


def _get(url: str, headers: dict[str, str], stall: float) -> requests.Response:
    # Not by `stack.clients.http`: that one passes by the machine's proxy and CA settings, which are for this.
    whole = {"Accept-Encoding": "identity", **headers}
    answer = requests.get(url, headers=whole, stream=True, timeout=(CONNECT, stall))
    if not answer.ok and answer.status_code != requests.codes.requested_range_not_satisfiable:
        answer.close()
        message = f"{answer.status_code} {answer.reason}".strip()
        raise HttpFailed(method="GET", url=url, message=message, status=answer.status_code)
    return answer


def _stalled(error: requests.RequestException) -> bool:
    return isinstance(error, requests.ReadTimeout) or any(
        isinstance(cause, ReadTimeoutError) for cause in error.args
    )


def reason(error: requests.RequestException) -> str:
    """Say in a few words why there was no answer."""
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not trusted here"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy does not answer"
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection was cut"
    return "no connection" if isinstance(error, requests.ConnectionError) else str(error)
