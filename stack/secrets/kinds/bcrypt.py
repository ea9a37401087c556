"""The bcrypt hash of another secret, for proxies and `web.config`: made anew only with another value."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from stack.errors import SecretUnreadable
from stack.secrets.kind import Kind

if TYPE_CHECKING:
    from stack.secrets.kind import Known

__all__ = ["KIND"]

COST = 10
"""Each password that is tried costs 2^10 rounds: some 50 ms."""

LONGEST = 72
"""Bytes; bcrypt would leave off the rest, and its library refuses it."""

STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
OF_BCRYPT = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def _read(name: str, argument: str, known: Known) -> str:
    value, kept = known.value(argument).encode(), known.kept(name) or ""
    if len(value) > LONGEST:
        message = f"bcrypt takes {LONGEST} bytes at most, and {argument} has {len(value)}"
        raise SecretUnreadable(name=name, message=message)
    head = _head(known.digest(f"bcrypt\0{name}\0{value.decode()}"))
    return kept if kept.startswith(head) and len(kept) == len(head) + 31 else _hashed(value, head)


def _head(digest: bytes) -> str:
    """Give version, cost and salt. The salt follows from the value, so that a hash tells what it is of.

    It differs between names and environments, and says nothing to whoever lacks the environment's key.
    """
    salt = base64.b64encode(digest[:16]).decode().rstrip("=")
    return f"$2b${COST}${salt.translate(str.maketrans(STANDARD, OF_BCRYPT))}"


def _hashed(value: bytes, head: str) -> str:
    import bcrypt  # only where a hash is made

    return bcrypt.hashpw(value, head.encode()).decode()


KIND = Kind(
    form="bcrypt:SECRET",
    pattern=r"bcrypt:[a-zA-Z][\w-]*",
    read=_read,
    derived=True,
    elsewhere="rotate {said}, of which it is the hash",
)
