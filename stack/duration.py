"""Prometheus durations: `1h30m`, `15d`, `500ms`."""

from __future__ import annotations

import re

__all__ = ["seconds", "spoken"]

UNITS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
DURATION = re.compile(
    r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?|0", re.ASCII
)


def seconds(text: str) -> float:
    """Read a duration as Prometheus writes it, the units from the largest to the smallest.

    Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#time-durations

    Raises:
        ValueError: it is no duration.
    """
    match = DURATION.fullmatch(text)
    if not text or match is None:
        message = f"'{text}' is no duration; write it like 30s, 5m, 1h30m or 15d"
        raise ValueError(message)
    return sum(int(count or 0) * unit for count, unit in zip(match.groups(), UNITS.values(), strict=True))


def spoken(length: float) -> str:
    """Write so many seconds for a person: `0.42s`, `12.3s`, `5m20s`, `1h05m`, `3d04h`."""
    length = round(length, 2) if length < 9.995 else round(length, 1)
    if length < 60:
        return f"{length:.2f}s" if length < 10 else f"{length:.1f}s"
    whole = round(length)
    large, small = next(pair for pair in (("d", "h"), ("h", "m"), ("m", "s")) if whole >= UNITS[pair[0]])
    return f"{whole // UNITS[large]:.0f}{large}{whole % UNITS[large] // UNITS[small]:02.0f}{small}"
