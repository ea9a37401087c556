"""What the discoverer knows: one thread writes it down, many read it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.exporters.discoverer.targets import Found

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters.discoverer.containers import Container

__all__ = ["Board"]


@dataclass(slots=True)
class Board:
    """What is known; each value is replaced as a whole, so that a reader never sees a half.

    Args:
        connected: whether the engine answers.
        trouble: why it does not, empty where it does.
        containers: those that it listed last.
        found: what came of them.
        synced: Unix time of that list; None before the first.
        connections: how often the engine was reached again.
        failures: how often it was lost, or not reached.
        events: how many of its events were heard.
        unwritten: how often the file could not be written.
        oom_kills: how often the kernel has ended each container, or a process in it, by the container's id.
        tried: set once the engine was asked for the first time, whatever came of it.
    """

    connected: bool = False
    trouble: str = ""
    containers: Sequence[Container] = ()
    found: Found = field(default_factory=Found)
    synced: float | None = None
    connections: int = 0
    failures: int = 0
    events: int = 0
    unwritten: int = 0
    oom_kills: Counter[str] = field(default_factory=Counter)
    tried: threading.Event = field(default_factory=threading.Event)

    def reached(self) -> None:
        """Note that the engine answers."""
        self.connected, self.trouble, self.connections = True, "", self.connections + 1

    def lost(self, trouble: str) -> None:
        """Note that the engine does not answer, and why; what it said before stays."""
        self.connected, self.trouble, self.failures = False, trouble, self.failures + 1
        self.tried.set()

    def listed(self, containers: Sequence[Container], found: Found, now: float) -> None:
        """Note what the engine listed at the Unix time `now`, and what came of it."""
        self.containers, self.found, self.synced = containers, found, now
        for gone in self.oom_kills.keys() - {one.id for one in containers}:
            del self.oom_kills[gone]
        self.tried.set()
