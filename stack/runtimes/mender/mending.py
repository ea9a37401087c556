"""Watches the containers of one environment, and starts each that has ended while no run changes them."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import TYPE_CHECKING

from stack.exporters.discoverer.engine import EngineFailed
from stack.exporters.discoverer.events import Followed
from stack.runtimes.lock import shared
from stack.runtimes.mender.choice import due, ended, next_failure

if TYPE_CHECKING:
    from pathlib import Path

    from stack.exporters.discoverer.engine import Engine
    from stack.runtimes.mender.choice import Ended, Failure

__all__ = ["Mender"]

EVERY = 2.0
"""Seconds until all are looked at again where nothing is heard: a run may have ended, or a pause."""

SOON = 0.2
"""Seconds until the next look once something is heard: an engine tells an end before it lists it."""

PATIENCE = 30.0
"""Seconds that the engine has to list containers, or to start one."""

LONG_ID = re.compile(r"\b[0-9a-f]{64}\b")
"""The engine's name for anything; an endpoint has another one at each attempt."""


class Mender:
    """Mends one environment.

    Args:
        engine: the engine.
        label: the label that all of the environment's containers have, `NAME=VALUE`.
        lock: the file that a run holds locked while it changes the environment.
    """

    def __init__(self, engine: Engine, label: str, lock: Path) -> None:
        self._engine, self._label, self._lock = engine, label, lock
        self._failures: dict[str, Failure] = {}

    def run(self) -> None:
        """Mend until the engine is lost: whoever starts this anew also gives it the engine's new socket.

        Raises:
            EngineFailed: the engine is away, or we may not use its socket.
            OSError: the lock's file cannot be read.
        """
        self._engine.negotiate()
        filters = self._filters(type=["container"], event=["die"])
        with self._engine.stream("/events", filters=filters) as stream:
            _tell(f"watching over {self._label} at {self._engine.address}, API {self._engine.version}")
            self._follow(Followed(stream))

    def _follow(self, events: Followed) -> None:
        heard = 0.0
        while True:
            self.look()
            patience = SOON if time.monotonic() < heard + EVERY else EVERY
            if events.wait(patience):
                heard = time.monotonic()

    def look(self) -> None:
        """Start what has ended, unless a run has the environment: then it may be meant so.

        Raises:
            EngineFailed: the engine does not tell.
            OSError: the lock's file cannot be read.
        """
        with shared(self._lock) as free:
            if free:
                listed = self._engine.get("/containers/json", PATIENCE, all="1", filters=self._filters())
                found = ended(listed)
                there = {one.id for one in found}
                self._failures = {one: told for one, told in self._failures.items() if one in there}
                for one in due(found, self._failures, time.monotonic()):
                    self._start(one)

    def _start(self, one: Ended) -> None:
        try:
            self._engine.post(f"/containers/{one.id}/start", PATIENCE)
        except EngineFailed as error:
            before, reason = self._failures.get(one.id), LONG_ID.sub("…", str(error))
            self._failures[one.id] = next_failure(before, reason, time.monotonic())
            if before is None or before.reason != reason:
                _tell(f"cannot start {one.name}: {reason}; will try again")
        else:
            _tell(f"started {one.name}: {one.how}")

    def _filters(self, **more: list[str]) -> str:
        return json.dumps({"label": [self._label], **more})


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
