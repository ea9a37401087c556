"""Looks at the processes of the native runtime from outside."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil

from stack.clients.ports import is_free, owner_pid
from stack.errors import HttpFailed
from stack.runtimes.protocol import ServiceStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from stack.binaries import Binary
    from stack.clients.http import Session
    from stack.clients.supervisor import Running, Supervisor
    from stack.service import Stack

    Door = Callable[[str], Session]

__all__ = ["environment_of", "observe", "resident"]

STATES = {
    "RUNNING": "running",
    "STARTING": "starting",
    "BACKOFF": "failing",
    "FATAL": "failing",
    "EXITED": "failing",
}


def environment_of(pid: int) -> Mapping[str, str]:
    """Give the variables that a process was started with; empty where it is gone or not ours."""
    try:
        return psutil.Process(pid).environ()
    except psutil.Error:
        return {}


def observe(
    stack: Stack, supervisor: Supervisor, binaries: Mapping[str, Binary], door: Door
) -> tuple[ServiceStatus, ...]:
    """Say how each service of a stack is, all asked at once."""
    running = {process.name: process for process in supervisor.processes()}
    with ThreadPoolExecutor(max_workers=16) as pool:
        return tuple(
            pool.map(
                lambda name: _status(stack, name, running.get(name), binaries, door), sorted(stack.services)
            )
        )


def _status(
    stack: Stack, name: str, process: Running | None, binaries: Mapping[str, Binary], door: Door
) -> ServiceStatus:
    port, program = stack.port(name), stack.services[name].program
    version = binaries[program.name].version if program and program.name in binaries else ""
    if process is None or not process.pid:
        state = STATES.get(process.state, "stopped") if process else "stopped"
        return ServiceStatus(
            name, state if is_free(port) else "foreign", ready=False, port=port, version=version
        )
    return ServiceStatus(
        service=name,
        state=STATES.get(process.state, "stopped") if _ours(port, process.pid) else "foreign",
        ready=_ready(stack, name, door),
        port=port,
        pid=process.pid,
        version=version,
        uptime=max(0.0, time.time() - process.since),
    )


def _ours(port: int, pid: int) -> bool:
    return is_free(port) or owner_pid(port) in {pid, None}


def _ready(stack: Stack, name: str, door: Door) -> bool:
    try:
        return door(name).request("GET", stack.services[name].ready, timeout=2.0).ok
    except HttpFailed:
        return False


def resident(pid: int) -> int:
    """Give the bytes of memory that a process holds, none where it is gone."""
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.Error:
        return 0
