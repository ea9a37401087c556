"""Counts failed attempts within a window, by whom they came from, in bounded memory."""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from math import ceil

__all__ = ["Attempts"]

MOST = 10_000
"""Names that are remembered; the one that was quiet for longest is forgotten first."""


class Attempts:
    """At most `limit` attempts of each name within `window` seconds.

    An attempt counts from when it begins, and is taken back when it was a good one: else a hundred at once
    would all be let in before the first has failed.
    """

    def __init__(self, limit: int, window: float) -> None:
        self._limit, self._window = limit, window
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = threading.Lock()

    def begin(self, name: str, now: float) -> int:
        """Count an attempt and give 0; or give the seconds, at least 1, until the next one may be made."""
        with self._lock:
            times = self._recent(name, now)
            if len(times) >= self._limit:
                return max(1, ceil(times[0] + self._window - now))
            times.append(now)
            return 0

    def forgive(self, name: str) -> None:
        """Take the newest attempt of a name back: it was a good one."""
        with self._lock:
            if self._seen.get(name):
                self._seen[name].pop()

    def _recent(self, name: str, now: float) -> deque[float]:
        times = self._seen.setdefault(name, deque())
        self._seen.move_to_end(name)
        while times and times[0] <= now - self._window:
            times.popleft()
        if len(self._seen) > MOST:
            self._seen.popitem(last=False)
        return times
