"""What to say about a name that nobody knows."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["nearest", "suggestion"]

SHORTEST = 3
MOST = 12


def nearest(word: str, names: Iterable[str]) -> str:
    """Ask for the known name that was probably meant; empty where none is like the word."""
    known = sorted(names)
    close = difflib.get_close_matches(word, known, n=1) or [name for name in known if _related(word, name)]
    return f"did you mean '{close[0]}'?" if close else ""


def suggestion(word: str, names: Iterable[str]) -> str:
    """Ask for the known name that was probably meant, else give the known names."""
    known = sorted(names)
    listed = ", ".join(known[:MOST]) + (", …" if len(known) > MOST else "")
    return nearest(word, known) or (f"known: {listed}" if known else "")


def _related(word: str, name: str) -> bool:
    """Say whether one holds the other, as `node` and `node_exporter` do."""
    shorter, longer = sorted((word.lower(), name.lower()), key=len)
    return len(shorter) >= SHORTEST and shorter in longer
