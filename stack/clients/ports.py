"""Who listens on a port of this machine."""

from __future__ import annotations

import random
import socket
from itertools import islice

import psutil

from stack.errors import Refused

__all__ = ["free", "is_free", "owner", "owner_pid"]


LOWEST, HIGHEST = 20_000, 30_000
"""Where free ports are looked for: below those that the kernel hands out by itself."""


def free(count: int) -> tuple[int, ...]:
    """Give ports that nobody listened on a moment ago, from a random one on.

    Raises:
        Refused: there are not so many.
    """
    first = random.randrange(LOWEST, HIGHEST)  # noqa: S311 # two runs should not look at the same ones
    candidates = (LOWEST + (first + step) % (HIGHEST - LOWEST) for step in range(HIGHEST - LOWEST))
    found = tuple(islice(filter(is_free, candidates), count))
    if len(found) < count:
        raise Refused(message=f"this machine has no {count} free ports from {LOWEST} to {HIGHEST}")
    return found


def is_free(port: int) -> bool:
    """Say whether a server could listen on this loopback port."""
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def owner_pid(port: int) -> int | None:
    """Give the process that listens on a port; None where nobody does, or it may not be seen."""
    listening = (link for link in psutil.net_connections("inet") if link.status == psutil.CONN_LISTEN)
    return next((link.pid for link in listening if link.laddr and link.laddr.port == port), None)


def owner(port: int) -> str:
    """Name the process that listens on a port, as a person would look for it."""
    pid = owner_pid(port)
    if pid is None:
        return "a process of another user"
    try:
        return f"{psutil.Process(pid).name()} (pid {pid})"
    except psutil.NoSuchProcess:
        return f"a process that has just ended (pid {pid})"
