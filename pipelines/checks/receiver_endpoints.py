"""Whoever is to be told can be reached: no receiver ends on Alertmanager's own machine.

A receiver that points to `localhost` is what an example leaves behind; in a container it is the container.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from pipelines.core.check import ALERTMANAGER, Check
from stack.documents import leaves, mappings
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

KEYS = {"api_url", "url", "webhook_url"}
"""Where notifications are posted to; a mail relay on the same machine passes them on."""

HINT = "name the host that takes it; `notifications: sink` is for environments that tell nobody"


def _run(inspection: Inspection) -> Iterator[Problem]:
    stack = inspection.stack
    ours = {stack.port(name) for service in stack.services.values() for name in service.ports}
    for index, receiver in mappings(inspection.alertmanager.get("receivers")):
        for path, url in _posted_to(receiver):
            if _is_here(url, ours):
                where = inspection.place(ALERTMANAGER, "receivers", index, *path)
                summary = f"'{url}' is Alertmanager's own machine, and no service of this stack listens there"
                yield Problem("receiver_endpoints", where, summary, Severity.WARNING, hint=HINT)


def _posted_to(receiver: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for leaf in leaves(receiver):
        if len(leaf.path) == 3 and leaf.key in KEYS and isinstance(leaf.value, str):
            yield leaf.path, leaf.value


def _is_here(url: str, ours: set[int]) -> bool:
    try:
        parts = urlsplit(url)
        return _is_loopback(parts.hostname or "") and parts.port not in ours
    except ValueError:  # no address at all: amtool's to tell
        return False


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


CHECK = Check(proves="no receiver ends on Alertmanager's own machine", run=_run)
