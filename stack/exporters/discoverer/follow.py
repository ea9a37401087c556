"""Follows the engine: a full list at every connection, after every event, and once a minute."""

from __future__ import annotations

import json
import sys
import time
import traceback
from collections import deque
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from stack.exporters.discoverer.containers import read
from stack.exporters.discoverer.engine import EngineFailed
from stack.exporters.discoverer.events import Followed
from stack.exporters.discoverer.targets import find

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from stack.exporters.discoverer.board import Board
    from stack.exporters.discoverer.engine import Engine
    from stack.exporters.discoverer.targets import Found, Refusal

__all__ = ["Follower"]

RESYNC = 60.0
"""Seconds between two full lists when nothing is heard."""

SOON = 1.0
"""Seconds after a connection until a second list: the stream may begin a moment after it was promised."""

REMEMBERED = 300
"""Events that are known again; an engine keeps 256 of them."""

BACK_OFF = (0.5, 15.0)
"""Seconds until the engine is tried again: at first, and at most; doubled each time."""

EVENTS = {
    "type": ["container", "network"],
    "event": [
        "create",
        "start",
        "die",
        "pause",
        "unpause",
        "rename",
        "destroy",
        "oom",
        "connect",
        "disconnect",
    ],
}


class Follower:
    """Follows one engine until the process ends.

    Args:
        engine: the engine.
        board: where what is known is written down.
        networks: those that Prometheus reaches; none: every one.
        env: the environment's name.
        write: writes the target groups to their file; raises OSError.
    """

    def __init__(
        self,
        engine: Engine,
        board: Board,
        networks: Sequence[str],
        env: str,
        write: Callable[[Sequence[Mapping[str, Any]]], None],
    ) -> None:
        self._engine, self._board = engine, board
        self._networks, self._env, self._write = networks, env, write
        self._heard = 0
        self._known: deque[tuple[int, str, Any]] = deque(maxlen=REMEMBERED)

    def run(self) -> None:
        """Follow it; where it is away, try again after a while that grows."""
        wait, longest = BACK_OFF
        while True:
            try:
                with self._connected() as events:
                    wait = BACK_OFF[0]
                    self._follow(events)
            except EngineFailed as error:
                self._lose(str(error))
            except Exception as error:  # noqa: BLE001 # a bug, or an engine unlike all others: go on, and be heard
                traceback.print_exc()
                self._lose(f"what the engine says cannot be used: {error!r}")
            time.sleep(wait)
            wait = min(2 * wait, longest)

    @contextmanager
    def _connected(self) -> Iterator[Followed]:
        self._engine.negotiate()
        # What happened while the engine's stream was away is told first, as far as the engine remembers.
        since = {"since": f"{self._heard // 10**9}.{self._heard % 10**9:09d}"} if self._heard else {}
        with self._engine.stream("/events", filters=json.dumps(EVENTS), **since) as stream:
            self._sync()
            self._board.reached()
            _tell(f"following {self._engine.address}, API {self._engine.version}")
            yield Followed(stream)

    def _follow(self, events: Followed) -> None:
        patience = SOON
        while True:
            for event in events.wait(patience):
                self._hear(event)
            self._sync()
            patience = RESYNC

    def _hear(self, event: Mapping[str, Any]) -> None:
        at, whose = int(event.get("timeNano", 0)), event.get("Actor", {}).get("ID", "")
        if (what := (at, whose, event.get("Action"))) in self._known:
            return  # told already, before the stream broke off
        self._known.append(what)
        self._heard = max(self._heard, at)  # they do not come in the order of their times
        self._board.events += 1
        if event.get("Action") == "oom":
            self._board.oom_kills[whose] += 1

    def _sync(self) -> None:
        """List every container, and write down what comes of it."""
        containers = read(self._engine.get("/containers/json", all="1"))
        found = find(containers, self._networks, self._env)
        before = self._board.found
        try:
            self._write(found.groups)
        except OSError as error:
            self._board.unwritten += 1
            _tell(f"the targets could not be written, the old ones stay: {error}")
        self._board.listed(containers, found, time.time())
        _tell_changes(before, found)

    def _lose(self, trouble: str) -> None:
        if trouble != self._board.trouble:
            _tell(f"{trouble}; the last targets stay")
        self._board.lost(trouble)


def _tell_changes(before: Found, now: Found) -> None:
    for refusal in _new(before.refusals, now.refusals):
        _tell(f"container {refusal.container} is not scraped: {refusal.line}")
    if len(before.groups) != len(now.groups):
        _tell(f"{len(now.groups)} target(s)")


def _new(before: Sequence[Refusal], now: Sequence[Refusal]) -> Iterator[Refusal]:
    return (refusal for refusal in now if refusal not in before)


def _tell(line: str) -> None:
    sys.stderr.write(f"{line}\n")
