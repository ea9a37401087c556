"""What the sink keeps: the newest notifications, in memory and, where it has one, in a file."""

from __future__ import annotations

import threading
from collections import Counter, deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stack.exporters.sink.journal import Journal
    from stack.exporters.sink.notification import Notification

__all__ = ["KEPT", "Store"]

KEPT = 1000
"""How many notifications are kept."""


class Store:
    """The newest notifications, the newest last.

    Raises:
        StackError: the journal cannot be read.
    """

    def __init__(self, journal: Journal | None = None) -> None:
        self._lock = threading.Lock()
        self._journal = journal
        self._kept: deque[Notification] = deque(journal.read() if journal else (), KEPT)
        self._counts: Counter[tuple[str, str, str]] = Counter()

    def keep(self, notification: Notification) -> None:
        """Take a notification in."""
        with self._lock:
            self._kept.append(notification)
            self._counts[notification.receiver, notification.status, notification.protocol] += 1
            if self._journal:
                self._journal.add(notification, self._kept)

    def clear(self) -> None:
        """Forget every notification; they stay counted."""
        with self._lock:
            self._kept.clear()
            if self._journal:
                self._journal.replace(())

    def notifications(self, receiver: str | None = None, since: float = 0.0) -> list[Notification]:
        """Give those of a receiver, or of all, that arrived at a Unix time or after it."""
        with self._lock:
            kept = list(self._kept)
        return [one for one in kept if one.arrived >= since and receiver in {None, one.receiver}]

    def counts(self) -> dict[tuple[str, str, str], int]:
        """Count what arrived since the start, by receiver, status and protocol."""
        with self._lock:
            return dict(self._counts)

    @property
    def failures(self) -> int:
        """How often the file could not be written."""
        return self._journal.failures if self._journal else 0
