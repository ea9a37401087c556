"""How each service of the Compose runtime is, seen from outside."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol

from stack.clients.docker import answered
from stack.clients.ports import is_free
from stack.errors import HttpFailed
from stack.runtimes.compose_activation import published_ports
from stack.runtimes.compose_file import MENDERS
from stack.runtimes.protocol import ServiceStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient

    from stack.clients.http import Session
    from stack.runtimes.containers import Seen
    from stack.service import Stack

__all__ = ["memory", "observe"]

STATES = {"running": "running", "created": "starting", "restarting": "failing", "dead": "failing"}


class Ground(Protocol):
    """What is asked of the runtime."""

    def door(self, stack: Stack, service: str) -> Session:
        """Give HTTP to a service."""
        ...

    def is_local(self) -> bool:
        """Say whether the engine runs on this machine."""
        ...


def observe(ground: Ground, stack: Stack, containers: tuple[Seen, ...]) -> tuple[ServiceStatus, ...]:
    """Say how each service of a stack is, all asked at once."""
    found = {one.service: one for one in containers}
    with ThreadPoolExecutor(max_workers=16) as pool:
        return tuple(
            pool.map(lambda name: _status(ground, stack, name, found.get(name)), sorted(stack.services))
        )


def _status(ground: Ground, stack: Stack, name: str, one: Seen | None) -> ServiceStatus:
    port = stack.port(name)
    if one is None or one.state != "running":
        state = STATES.get(one.state, "failing" if one.exit_code else "stopped") if one else "stopped"
        state = "foreign" if _is_taken(ground, stack, name) else state
        return ServiceStatus(name, state, ready=False, port=port)
    return ServiceStatus(
        service=name,
        state="running",
        ready=_ready(ground, stack, name),
        port=port,
        pid=one.pid,
        version=one.version,
        uptime=max(0.0, time.time() - one.since),
    )


def _is_taken(ground: Ground, stack: Stack, name: str) -> bool:
    return ground.is_local() and not all(is_free(port) for _, port in published_ports(stack, [name]))


def _ready(ground: Ground, stack: Stack, name: str) -> bool:
    try:
        return ground.door(stack, name).request("GET", stack.services[name].ready, timeout=2.0).ok
    except HttpFailed:
        return False


def memory(engine: DockerClient, containers: tuple[Seen, ...]) -> Mapping[str, int]:
    """Give what each service's processes hold, in bytes; all asked at once, for each takes a second."""
    running = [one for one in containers if one.state == "running" and one.service not in MENDERS]
    with ThreadPoolExecutor(max_workers=16) as pool:
        held = pool.map(lambda one: _memory(engine, one.id), running)
        return {one.service: size for one, size in zip(running, held, strict=True)}


def _memory(engine: DockerClient, container: str) -> int:
    """Leave out the files that the kernel may drop."""
    with answered("read how much memory a container holds"):
        told = engine.api.stats(container, stream=False, one_shot=True).get("memory_stats", {})
    return int(told.get("usage", 0)) - int(told.get("stats", {}).get("inactive_file", 0))
