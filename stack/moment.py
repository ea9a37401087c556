"""Moments as Prometheus and Alertmanager write them, RFC 3339 in UTC, and as Unix seconds."""

from __future__ import annotations

import re
from datetime import UTC, datetime

__all__ = ["clock", "moment", "unix"]

FINER = re.compile(r"(\.\d{6})\d+")
"""Digits of a second beyond those that Python reads."""


def moment(seconds: float) -> str:
    """Write a time as their interfaces take it, to the millisecond."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix(text: str) -> float:
    """Read a time as they write it, to the microsecond.

    Raises:
        ValueError: it is no time.
    """
    found = datetime.fromisoformat(FINER.sub(r"\1", text))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def clock(seconds: float) -> str:
    """Write a time for a person, to the second."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
