"""The dead-man receiver: it remembers when the always-firing alert was last heard, and what it said."""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.exporters._alertmanager import Alert

__all__ = ["DeadMan", "Heard"]

REMEMBERED = 10
"""How many releases' last beats are kept."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard so far.

    Args:
        beats: how many notifications were a beat.
        last_beat: Unix time of the last one; None before the first.
        labels: the labels of its alert; where it had several, of the one that began last.
        starts_at: since when that alert fires, RFC 3339.
        releases: Unix time of the last beat of each release: an old release's alert can be heard for some
            minutes beside the new one's.
    """

    beats: int = 0
    last_beat: float | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    starts_at: str | None = None
    releases: Mapping[str, float] = field(default_factory=dict)

    def and_then(self, firing: Sequence[Alert], now: float) -> Heard:
        """Add a beat that arrived at the Unix time `now`."""
        newest = max(firing, key=lambda alert: alert.starts_at)
        named = {alert.labels.get("release", ""): now for alert in firing}
        earlier = {name: at for name, at in self.releases.items() if name not in named}
        releases = dict([*earlier.items(), *named.items()][-REMEMBERED:])
        return Heard(self.beats + 1, now, newest.labels, newest.starts_at, releases)

    def serialise(self) -> dict[str, Any]:
        """Give it as a JSON-ready mapping, the newest alert's release named."""
        return {**asdict(self), "release": self.labels.get("release", "")}


class DeadMan:
    """Hears beats from many threads."""

    def __init__(self) -> None:
        self.heard = Heard()
        self._lock = threading.Lock()

    def hear(self, firing: Sequence[Alert], now: float) -> None:
        """Take one beat; no firing alert is none."""
        if firing:
            with self._lock:
                self.heard = self.heard.and_then(firing, now)
