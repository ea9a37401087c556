"""Up while its containers run, or have ended well; the discoverer tells, which alone may ask the engine."""

from __future__ import annotations

import json
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

from stack.exporters.resource_exporter.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["check"]


def check(
    discoverer: str, container: str = "", project: str = "", label: str = "", *, timeout: float
) -> Seen:
    """Ask the discoverer for a container by its name, or for all of a Compose project or with a label.

    A container that was named and is gone is seen as one that does not run.

    Raises:
        OSError: the discoverer gives no answer, or the engine gives it none.
        HTTPException: the answer is no HTTP.
    """
    wanted = {key: value for key, value in _named(container, project, label) if value}
    told = _ask(discoverer, f"/containers?{urlencode(wanted)}", timeout)
    found = tuple({**one, "running": one["state"] == "running"} for one in told)
    seen = found or ((_gone(container),) if container else ())
    return Seen(up=bool(seen) and all(map(_is_well, seen)), containers=seen)


def _named(container: str, project: str, label: str) -> tuple[tuple[str, str], ...]:
    return ("name", container), ("project", project), ("label", label)


def _ask(base: str, target: str, timeout: float) -> list[dict[str, Any]]:
    parts = urlsplit(base)
    with closing(HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)) as connection:
        connection.request("GET", target, headers={"Connection": "close"})
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise OSError(body.decode(errors="replace").strip())
        found: list[dict[str, Any]] = json.loads(body)
        return found


def _gone(name: str) -> Mapping[str, Any]:
    # Its counters begin anew: without them, the alert on what is missing would repeat that it is gone.
    return {"name": name, "running": False, "restarts": 0, "oom_kills": 0}


def _is_well(container: Mapping[str, Any]) -> bool:
    return bool(container["running"]) or container.get("exit_code") == 0
