"""Where the proxy is for those outside."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from stack.service import Stack

__all__ = ["place"]


def place(stack: Stack) -> tuple[str, int]:
    """Give the host and the port of the proxy's address."""
    parts = urlsplit(stack.entrance)
    return parts.hostname or "", parts.port or 443
