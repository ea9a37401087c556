"""Without credentials the proxy says 401 on every path, also where a server could be ended or changed.

Only GET is asked: should a path be open, `/-/quit` must not end what it is asked of. Servers answer it with
405 there, which is no 401 either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.audit import Audit
from stack.proxy.entrance import BEHIND, DOOR
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside
    from stack.service import Stack

__all__ = ["AUDIT"]

OF_A_SERVER = (
    "/",
    "/metrics",
    "/api/v1/query?query=up",
    "/api/v2/alerts",
    "/api/v1/status/config",
    "/federate",
)
COMMANDS = ("/-/reload", "/-/quit", "/api/v1/admin/tsdb/snapshot", "/api/v1/admin/wipe", "/debug/pprof/")
OF_THE_PROXY = ("/config/", "/load", "/metrics", "/-/reload", "/pki/ca/local", "/nowhere")
REFUSED = frozenset({401, 403})


def _run(outside: Outside) -> Iterator[Problem]:
    for path in paths(outside.stack):
        answer = outside.stranger.request("GET", path)
        if answer.status_code not in REFUSED:
            summary = f"answers {answer.status_code} to whoever asks, and should say 401"
            yield Problem(
                "strangers", path, summary, hint="do the proxy and the gate run as they were rendered?"
            )


def paths(stack: Stack) -> list[str]:
    """Give a path of each kind that must be closed."""
    behind = [
        f"/{name}{page}" for name in BEHIND if name in stack.services for page in OF_A_SERVER + COMMANDS
    ]
    doors = [f"{DOOR}/{name}{service.health}" for name, service in stack.services.items()]
    return [*behind, *doors, *OF_THE_PROXY]


AUDIT = Audit(asks="whether a path is open to whoever asks", run=_run, needs=("proxy",))
