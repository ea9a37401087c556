"""Follows drills on live servers: asks them over and over until all was seen, or the time is up."""

from __future__ import annotations

import signal
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from pipelines.alerting.track import Snapshot
from stack.errors import HttpFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from pipelines.alerting.servers import Servers
    from pipelines.alerting.track import Track
    from stack.clients.command_center import CommandCenter

__all__ = ["follow", "gently", "look", "switched_on"]

PAUSE = 0.1
"""Seconds between two asks: what is told of a moment is as sharp as that."""

ENDINGS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
ENDED = threading.Event()
"""Set by a signal: an interrupt that strikes within a destructor is swallowed by Python."""


def look(servers: Servers, tracks: Sequence[Track], since: float) -> Snapshot:
    """Ask every server once.

    Raises:
        HttpFailed: one of them does not answer.
    """
    values = {track.drill.series: servers.prometheus.value(track.drill.series) for track in tracks}
    sink = servers.sink
    return Snapshot(
        at=time.time(),
        values=values,
        alerts=servers.prometheus.alerts(),
        groups=servers.alertmanager.groups(),
        notifications=sink.notifications(since=since) if sink else (),
    )


def follow(
    servers: Servers,
    tracks: Sequence[Track],
    done: Callable[[Track], bool],
    deadline: float,
    tell: Callable[[], None],
) -> bool:
    """Let every drill see what happens until all are done; say whether they are.

    A server that does not answer once may answer the next time.

    Args:
        servers: the live servers.
        tracks: the drills.
        done: whether one of them has seen what it waits for.
        deadline: Unix seconds at which it is given up.
        tell: shows how far it is.
    """
    since = min(track.on for track in tracks)
    while not ENDED.is_set():
        with suppress(HttpFailed):
            snapshot = look(servers, tracks, since)
            for track in tracks:
                track.see(snapshot)
        if all(map(done, tracks)):
            return True
        if time.time() > deadline:
            return False
        tell()
        time.sleep(PAUSE)
    raise KeyboardInterrupt


@contextmanager
def switched_on(center: CommandCenter, tracks: Sequence[Track]) -> Iterator[None]:
    """Switch the faults of drills on, and off again whatever happens.

    Raises:
        Refused: one of them was on already: somebody else's, and not ours to switch off.
    """
    on = {(entry["kind"], entry["service"] or "") for entry in center.faults()["active"]}
    for track in tracks:
        _refuse_taken(track, on)
    try:
        for track in tracks:
            track.on = time.time()
            center.switch_on(track.drill.fault.kind, track.drill.service)
        yield
    finally:
        switch_off(center, tracks)


def switch_off(center: CommandCenter, tracks: Sequence[Track]) -> None:
    """Switch the faults of drills off, as far as the command center still answers."""
    for track in tracks:
        with suppress(HttpFailed):
            center.switch_off(track.drill.fault.kind, track.drill.service)
            if track.off is None:
                track.off = time.time()


def _refuse_taken(track: Track, on: set[tuple[str, str]]) -> None:
    kind, service = track.drill.fault.kind, track.drill.service
    if (kind, service) in on:
        where = f" of {service}" if service else ""
        message = f"the fault '{kind}'{where} is on already: somebody else drills"
        raise Refused(message=message, hint=f"wait, or switch it off: DELETE /faults/{kind}")


@contextmanager
def gently() -> Iterator[None]:
    """Let any polite end unwind as Ctrl-C does: what was switched on is switched off."""
    ENDED.clear()
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, _interrupt) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)


def _interrupt(number: int, frame: FrameType | None) -> None:
    del number, frame
    ENDED.set()
    raise KeyboardInterrupt
