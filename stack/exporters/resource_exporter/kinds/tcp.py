"""Up when a connection is accepted."""

from __future__ import annotations

import socket

__all__ = ["check"]


def check(address: str, *, timeout: float) -> bool:
    """Connect to `host:port` and hang up.

    Raises:
        OSError: the connection was refused, or came too late.
    """
    host, _, port = address.rpartition(":")
    with socket.create_connection((host.strip("[]"), int(port)), timeout):
        return True
