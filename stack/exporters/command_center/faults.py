"""Faults of the simulated fleet: which are on, and how many scrapes each has met."""

from __future__ import annotations

import threading
from collections import Counter
from typing import TYPE_CHECKING

from stack.exporters._messages import Rejected
from stack.exporters.command_center.fleet import PERIOD, VERTICALS

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["OF_PLATFORM", "OF_SERVICES", "Faults"]

OF_SERVICES = {
    "outage": "aether_service_up is 0",
    "stale": "aether_service_stale is 1",
    "errors": "every scrape of the service adds an error",
    "slow": "every scrape of the service takes 7.5 s",
    "silent": "the service's series are gone",
}
"""Faults that each service can have by itself, and what they do."""

OF_PLATFORM = {
    "drop": "the business totals are 0",
    "down": "the metrics page answers 503",
}
"""Faults of the whole platform, and what they do."""

PLATFORM = ""


class Faults:
    """Switches; `elapsed` gives the seconds since the start, by which a fault's scrapes are counted."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._lock = threading.Lock()
        self._since: dict[tuple[str, str], int] = {}
        self._met: Counter[tuple[str, str]] = Counter()

    def scrapes(self) -> int:
        """Count the scrapes that the command center has made of each vertical."""
        return int(self._elapsed() // PERIOD)

    def on(self, kind: str, service: str | None = None) -> None:
        """Switch a fault on, for every service where none is named.

        Raises:
            Rejected: there is no such fault, or no such service.
        """
        with self._lock:
            for scope in _scopes(kind, service):
                self._since.setdefault((kind, scope), self.scrapes())

    def off(self, kind: str, service: str | None = None) -> None:
        """Switch a fault off, for every service where none is named; what it did to counters stays.

        Raises:
            Rejected: there is no such fault, or no such service.
        """
        with self._lock:
            for scope in _scopes(kind, service):
                if (kind, scope) in self._since:
                    self._met[kind, scope] += self.scrapes() - self._since.pop((kind, scope))

    def clear(self) -> None:
        """Switch every fault off."""
        for kind in (*OF_SERVICES, *OF_PLATFORM):
            self.off(kind)

    def active(self, kind: str, service: str = PLATFORM) -> bool:
        """Tell whether a fault is on."""
        return (kind, service) in self._since

    def met(self, kind: str, service: str) -> int:
        """Count the scrapes of a service that were made while a fault was on."""
        with self._lock:
            now = self.scrapes()
            return self._met[kind, service] + now - self._since.get((kind, service), now)

    def listing(self) -> dict[str, object]:
        """Tell what is on, and what there is."""
        with self._lock:
            active = [{"kind": kind, "service": scope or None} for kind, scope in sorted(self._since)]
        return {"active": active, "kinds": {**OF_SERVICES, **OF_PLATFORM}, "services": list(VERTICALS)}


def _scopes(kind: str, service: str | None) -> tuple[str, ...]:
    if kind not in OF_SERVICES and kind not in OF_PLATFORM:
        known = ", ".join((*OF_SERVICES, *OF_PLATFORM))
        raise Rejected(404, f"there is no fault '{kind}'; there are {known}")
    if service is None:
        return tuple(VERTICALS) if kind in OF_SERVICES else (PLATFORM,)
    if service not in VERTICALS:
        raise Rejected(404, f"there is no service '{service}'; there are {', '.join(VERTICALS)}")
    if kind in OF_PLATFORM:
        raise Rejected(400, f"'{kind}' concerns the whole platform; leave ?service= out")
    return (service,)
