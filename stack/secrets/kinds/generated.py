"""A value that is made here once, and that nobody has to know."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from stack.secrets.kind import Kind

if TYPE_CHECKING:
    from stack.secrets.kind import Known

__all__ = ["KIND", "generate"]


def generate() -> str:
    """Make a value: 192 random bits as 32 characters that need no quoting anywhere."""
    return secrets.token_urlsafe(24)


def _read(name: str, argument: str, known: Known) -> str:
    del argument
    return known.waiting(name) or known.kept(name) or generate()


KIND = Kind(form="generated", pattern="generated", read=_read)
