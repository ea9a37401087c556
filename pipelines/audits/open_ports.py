"""Nothing but the proxy listens where other machines can reach it."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_address
from typing import TYPE_CHECKING

import psutil

from pipelines.core.audit import Audit
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.audit import Outside
    from stack.service import Stack

__all__ = ["AUDIT"]

PATIENCE = 1.0
"""Seconds for one port; a firewall may swallow the question."""


def _run(outside: Outside) -> Iterator[Problem]:
    doors = [
        (name, address, outside.stack.port(name)) for address in addresses() for name in _inner(outside.stack)
    ]
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda door: _answers(door[1], door[2]), doors))
    for (name, address, port), answer in zip(doors, answers, strict=True):
        if answer:
            hint = "bind it to 127.0.0.1, or close the port; who must come in comes by the proxy"
            yield Problem("open_ports", f"{address}:{port}", f"the port of {name} answers there", hint=hint)


def addresses() -> list[str]:
    """Give the addresses of this machine at which others can reach it."""
    every = [entry.address for entries in psutil.net_if_addrs().values() for entry in entries]
    return sorted(address for address in every if _is_reachable(address))


def _is_reachable(address: str) -> bool:
    try:
        read = ip_address(address)
    except ValueError:
        return False
    return not (read.is_loopback or read.is_link_local)


def _inner(stack: Stack) -> list[str]:
    """Name the ports that are nobody's business outside."""
    contained = stack.environment.runtime == "compose"
    outer = {door for service in stack.services.values() for door in service.container.published if contained}
    outer |= {"proxy"} if stack.environment.proxy.listen != "127.0.0.1" else set()
    return [name for service in stack.services.values() for name in service.ports if name not in outer]


def _answers(address: str, port: int) -> bool:
    try:
        with socket.create_connection((address, port), PATIENCE):
            return True
    except OSError:
        return False


AUDIT = Audit(asks="whether anything but the proxy listens where other machines reach it", run=_run)
