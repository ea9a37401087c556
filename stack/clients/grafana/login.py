"""A refused login is told as what it is, and must not be tried again."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from stack.errors import HttpFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["logging_in"]


@contextmanager
def logging_in() -> Iterator[None]:
    """Turn an answer of 401 into `Refused`, which nobody tries again: five of them lock the right one out."""
    try:
        yield
    except HttpFailed as failed:
        if failed.status != 401:
            raise
        hint = "it reads the password only at its very first start; wait five minutes before another try"
        raise Refused(message="Grafana refuses the login with its password", hint=hint) from failed
