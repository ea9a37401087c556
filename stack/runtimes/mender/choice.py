"""Which containers are to be started, from what the engine lists, what failed before, and the time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Ended", "Failure", "due", "ended", "next_failure"]

PAUSES = (1.0, 60.0)
"""Seconds until one that could not be started is tried again: at first, and at most; doubled each time."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A container that has ended, and that the engine leaves so.

    Args:
        id: the engine's name for it.
        name: its own name.
        how: the engine's words on its end: `Exited (137) 2 seconds ago`.
    """

    id: str
    name: str
    how: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A container that could not be started.

    Args:
        reason: why, in the engine's words.
        pause: seconds for which it is left alone.
        until: the moment at which they are over.
    """

    reason: str
    pause: float
    until: float


def ended(listed: Iterable[Mapping[str, Any]]) -> tuple[Ended, ...]:
    """Give those of an engine's list that have ended, by name.

    What is paused, being removed, never started, or started anew by the engine itself is none of them.
    """
    found = (one for one in listed if one["State"] == "exited")
    made = (Ended(one["Id"], one["Names"][0].lstrip("/"), one["Status"]) for one in found)
    return tuple(sorted(made, key=lambda one: one.name))


def due(found: Iterable[Ended], failures: Mapping[str, Failure], now: float) -> tuple[Ended, ...]:
    """Give those that are to be started now: all but those that failed a short while ago."""
    return tuple(one for one in found if one.id not in failures or failures[one.id].until <= now)


def next_failure(before: Failure | None, reason: str, now: float) -> Failure:
    """Give what is remembered of a container that could not be started, perhaps once again."""
    first, longest = PAUSES
    pause = min(2 * before.pause, longest) if before else first
    return Failure(reason, pause, now + pause)
