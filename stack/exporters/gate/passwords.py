"""Compares passwords with their bcrypt hashes, once each: what was right is known again at once."""

from __future__ import annotations

import hmac
import secrets
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Passwords"]

KEPT = 1_000
LONGEST = 72
"""Bytes; bcrypt takes no more, and no password that it could have hashed is longer."""

NOBODY = b"$2b$10$hMWMHuFVRXLL1GMHG./PiuAXguCJtZRmqHGRjMKTNHF9KtNZ6ui4e"
"""What an unknown user's password is compared with, so that he takes as long as a known one."""


class Passwords:
    """The passwords of some users.

    Args:
        hashes: the bcrypt hash of each user's password.
    """

    def __init__(self, hashes: Mapping[str, bytes]) -> None:
        self._hashes = hashes
        self._key = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        # bcrypt leaves the interpreter's lock alone: without one of ours it would take every core.
        self._lock = threading.Lock()

    def known(self, user: str, password: str) -> bool:
        """Say whether this very pair was right before; costs nothing worth a limit."""
        return self._mark(user, password) in self._right

    def right(self, user: str, password: str) -> bool:
        """Say whether a user's password is this one; takes as long for an unknown user."""
        import bcrypt

        secret = password.encode()
        with self._lock:
            same = bcrypt.checkpw(secret[:LONGEST], self._hashes.get(user, NOBODY))
        if same and user in self._hashes and len(secret) <= LONGEST and b"\0" not in secret:
            self._keep(self._mark(user, password))
            return True
        return False

    def _mark(self, user: str, password: str) -> bytes:
        return hmac.digest(self._key, f"{len(user)}:{user}{password}".encode(), "sha256")

    def _keep(self, mark: bytes) -> None:
        self._right[mark] = None
        if len(self._right) > KEPT:
            self._right.popitem(last=False)
