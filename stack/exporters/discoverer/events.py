"""The engine's events as they come, gathered so that one look does for many."""

from __future__ import annotations

import threading
import time
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from stack.exporters.discoverer.engine import EngineFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Followed"]

GATHER, LONGEST_GATHER = 0.05, 0.5
"""Seconds in which a further event is awaited, and at most all of them: one list does for many."""


class Followed:
    """One connection's events; None ends them."""

    def __init__(self, stream: Iterator[dict[str, Any]]) -> None:
        self._queue: SimpleQueue[dict[str, Any] | None] = SimpleQueue()
        threading.Thread(target=self._read, args=(stream,), name="events", daemon=True).start()

    def wait(self, seconds: float) -> list[dict[str, Any]]:
        """Give what comes within so many seconds, and in the moment after the first of it.

        Raises:
            EngineFailed: nothing more will come.
        """
        found, until = [self._next(seconds)], time.monotonic() + LONGEST_GATHER
        while found[-1] and time.monotonic() < until:
            found.append(self._next(GATHER))
        return [event for event in found if event]

    def _next(self, seconds: float) -> dict[str, Any]:
        """Give the next event, an empty one where there is none within so many seconds."""
        try:
            event = self._queue.get(timeout=seconds)
        except Empty:
            return {}
        if event is None:
            raise EngineFailed("the engine has ended the stream of its events")
        return event

    def _read(self, stream: Iterator[dict[str, Any]]) -> None:
        for event in stream:
            self._queue.put(event)
        self._queue.put(None)
