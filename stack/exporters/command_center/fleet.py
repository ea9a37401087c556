"""A make-believe fleet: what each vertical and the platform would report, as functions of elapsed time."""

from __future__ import annotations

import math
from zlib import crc32

__all__ = ["KEYS", "PERIOD", "TOTALS", "VERTICALS", "scrape_seconds", "total", "writes"]

PERIOD = 5.0
"""Seconds between two scrapes that the command center makes of each vertical."""

VERTICALS = {
    "crm": 0.12,
    "roofing": 0.21,
    "insurance": 0.34,
    "realty": 0.18,
    "media": 0.42,
    "scheduling": 0.08,
}
"""Seconds that a scrape of each vertical usually takes."""

TOTALS = {
    "contacts": (12_480, 38.0),
    "deals": (1_860, 6.5),
    "jobs": (742, 3.2),
    "properties": (3_315, 4.1),
    "policies": (2_208, 5.4),
    "uploads": (15_940, 71.0),
}
"""What the platform holds at the start, and how much more after each hour."""

KEYS = {"web-portal": 2.4, "mobile-app": 1.1, "partner-feed": 0.35, "batch-import": 0.09, "legacy-sync": 0.02}
"""API keys and their usual writes a second: a few make most of the traffic."""


def scrape_seconds(vertical: str, scrapes: int) -> float:
    """Give the seconds that the first so many healthy scrapes of a vertical took together.

    The wave keeps each one within a fifth of the usual.
    """
    return VERTICALS[vertical] * (scrapes + _wave(vertical, scrapes, length=20.0, height=4.0))


def total(noun: str, elapsed: float) -> int:
    """Give how many of something the platform holds after so many seconds."""
    start, hourly = TOTALS[noun]
    noise = crc32(f"{noun} {elapsed // 60:.0f}".encode()) % 5 - 2
    return round(start + hourly * elapsed / 3600) + noise


def writes(key: str, elapsed: float) -> int:
    """Give how many writes an API key made in so many seconds; it never falls."""
    return int(KEYS[key] * (elapsed + _wave(key, elapsed, length=60.0, height=30.0)))


def _wave(seed: str, at: float, *, length: float, height: float) -> float:
    """Give a sine that is 0 at 0; with `height` below `length` it is never steeper than 1."""
    phase = crc32(seed.encode()) % 628 / 100
    return height * (math.sin(at / length + phase) - math.sin(phase))
