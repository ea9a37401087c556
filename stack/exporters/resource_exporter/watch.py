"""Checks resources in the background, each at its own interval, and remembers what was found."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from stack.exporters.resource_exporter.seen import Seen

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.exporters.resource_exporter.settings import Resource

__all__ = ["State", "Watch", "Watcher"]


@dataclass(frozen=True, slots=True)
class State:
    """What is known of a resource.

    Args:
        up: what the last check found; None before the first one ended.
        duration: seconds that it took.
        last_success: Unix time of the last success; None before the first.
        began: monotonic time at which the check under way began; None between two checks.
        containers: facts on the containers that the last check saw.
    """

    up: bool | None = None
    duration: float = 0.0
    last_success: float | None = None
    began: float | None = None
    containers: tuple[Mapping[str, Any], ...] = ()

    def seen_at(self, now: float, timeout: float) -> State:
        """Take a check that hangs beyond its timeout for one that failed; `now` is monotonic."""
        if self.began is None or now - self.began <= timeout:
            return self
        return replace(self, up=False, duration=now - self.began, containers=())

    def after(self, seen: Seen, duration: float, now: float) -> State:
        """Give the state after a check that ended at the Unix time `now`."""
        success = now if seen.up else self.last_success
        return State(seen.up, duration, success, containers=seen.containers)


class Watcher:
    """Checks one resource again and again, until it is stopped."""

    def __init__(self, resource: Resource) -> None:
        self.resource = resource
        self._state = State()
        self._stopped = threading.Event()
        threading.Thread(target=self._run, name=f"watch {resource.name}", daemon=True).start()

    def state(self) -> State:
        """Tell what is known now."""
        return self._state.seen_at(time.monotonic(), self.resource.timeout)

    def stop(self) -> None:
        """Let the check under way be the last."""
        self._stopped.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            began = time.monotonic()
            self._state = replace(self._state, began=began)
            seen = self._look()
            duration = time.monotonic() - began
            in_time = seen if duration <= self.resource.timeout else Seen(up=False)
            self._state = self._state.after(in_time, duration, time.time())
            self._stopped.wait(max(0.0, self.resource.interval - duration))

    def _look(self) -> Seen:
        try:
            found = self.resource.check()
        except Exception:  # noqa: BLE001 # whatever goes wrong, the resource was not found up; the watch goes on
            return Seen(up=False)
        return found if isinstance(found, Seen) else Seen(found)


class Watch:
    """A watcher for each resource, by name."""

    def __init__(self) -> None:
        self.watchers: Mapping[str, Watcher] = {}

    def follow(self, resources: Sequence[Resource]) -> None:
        """Watch these resources from now on; what is known of unchanged ones is kept."""
        before = self.watchers
        kept = {name: one for name, one in before.items() if one.resource in resources}
        self.watchers = {one.name: kept.get(one.name) or Watcher(one) for one in resources}
        for name in before.keys() - kept.keys():
            before[name].stop()
