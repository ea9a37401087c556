"""Every answer of the proxy carries the headers by which browsers are careful."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.audit import Audit
from stack.proxy.entrance import required_headers
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside

__all__ = ["AUDIT"]

PAGES = ("/", "/grafana/login", "/prometheus/")
TELLING = ("Server", "Via", "X-Powered-By")


def _run(outside: Outside) -> Iterator[Problem]:
    for page in PAGES:
        answer = outside.stranger.request("GET", page)
        for name, value in required_headers(outside.stack).items():
            if answer.headers.get(name) != value:
                found = answer.headers.get(name)
                summary = f"{name} is {found!r}" if found else f"{name} is missing"
                yield Problem("headers", page, summary, hint=f"it should be {value!r}")
        for name in set(TELLING) & set(answer.headers):
            summary = f"{name} tells which program answers: {answer.headers[name]!r}"
            yield Problem("headers", page, summary, hint="leave it out")


AUDIT = Audit(asks="whether a header that makes browsers careful is missing", run=_run, needs=("proxy",))
