"""Drills every alert of the command center in a throw-away stack, in as few rounds as possible."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.alerting.explanation import explain
from pipelines.alerting.following import follow, look, switched_on
from pipelines.alerting.rhythm import subject
from pipelines.alerting.track import Track
from pipelines.core.check import Inspection
from stack.clients.command_center import CommandCenter
from stack.errors import HttpFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from pipelines.alerting.explanation import Explanation
    from pipelines.alerting.planning import Round
    from pipelines.alerting.servers import Servers

__all__ = ["SUBJECT", "alerts_of", "inspection_of", "run_round", "settled"]

SUBJECT = "command-center"
PATIENCE = 20.0
"""Seconds beyond the intervals that a busy machine is given."""

STARTING = 40.0
"""Seconds in which every series must have been scraped: Prometheus looks for targets every five."""


def inspection_of(servers: Servers, root: Path) -> Inspection:
    """Give a live release as the checks see it."""
    from pathlib import Path as Folder

    release = servers.release
    return Inspection(stack=release.stack, tree=release.tree, folder=Folder(), tools={}, root=root)


def alerts_of(inspection: Inspection) -> tuple[Explanation, ...]:
    """Explain every alert of the command center's rule file.

    Raises:
        Refused: the environment has none.
    """
    names = dict.fromkeys(rule.name for rule in inspection.alerts if subject(rule.file) == SUBJECT)
    if not names:
        raise Refused(message=f"this environment loads no alert of rules/{SUBJECT}.yml")
    return tuple(one for name in names for one in explain(name, inspection))


def settled(servers: Servers, every: Iterable[Round]) -> None:
    """Wait until each series that a fault shows on has a value, and nothing fires or waits to.

    Raises:
        Refused: that did not come about in time.
    """
    series = sorted({drill.series for one in every for drill in one.drills})
    deadline = time.monotonic() + STARTING
    missing = list(series)
    while missing:
        try:
            missing = [one for one in series if servers.prometheus.value(one) is None]
            names = {alert["labels"]["alertname"] for alert in servers.prometheus.alerts()} - {"Watchdog"}
            missing += [f"an end of {name}" for name in sorted(names)]
        except HttpFailed as error:
            missing = [str(error)]
        if missing and time.monotonic() > deadline:
            raise Refused(message=f"after {STARTING:.0f} s there is still not {', '.join(missing)}")
        time.sleep(0.2 if missing else 0)


def run_round(
    servers: Servers, one: Round, period: float, tell: Callable[[list[Track]], None]
) -> list[Track]:
    """Switch a round's faults on, follow them until all are told, switch them off, follow their ends.

    Args:
        servers: a live stack with a simulated command center.
        one: the round.
        period: seconds between two scrapes that the command center itself makes.
        tell: shows how far it is.
    """
    center, tracks = CommandCenter(servers.door("command_center")), [Track(drill) for drill in one.drills]
    up, down = one.lasts(period)
    deadline = time.time() + up + PATIENCE
    before = look(servers, tracks, time.time())
    for track in tracks:
        track.before = before.values[track.drill.series]
    quiet = [track for track in tracks if track.drill.source]
    loud = [track for track in tracks if not track.drill.source]
    with switched_on(center, loud):
        # What is to be kept quiet begins when that fires which keeps it quiet, and ends before it does:
        # else one of the two would be told in the moment between.
        sources = [track for track in loud if any(_keeps(track, other) for other in quiet)]
        _follow(servers, loud, lambda track: track.delivered or track not in sources, deadline, tell)
        with switched_on(center, quiet):
            _follow(servers, tracks, lambda track: track.delivered, deadline, tell)
            _hold(servers, tracks, quiet, tell)
        _follow(servers, quiet, lambda track: track.ended, time.time() + down + PATIENCE, tell)
    _follow(servers, tracks, lambda track: track.ended, time.time() + down + PATIENCE, tell)
    return tracks


def _keeps(track: Track, other: Track) -> bool:
    return (track.drill.alert, track.drill.service) == (other.drill.source, other.drill.service)


def _follow(
    servers: Servers,
    tracks: list[Track],
    done: Callable[[Track], bool],
    deadline: float,
    tell: Callable[[list[Track]], None],
) -> None:
    if tracks:
        follow(servers, tracks, done, deadline, lambda: tell(tracks))


def _hold(
    servers: Servers, tracks: list[Track], quiet: list[Track], tell: Callable[[list[Track]], None]
) -> None:
    """Wait as long as a notification of an alert that is kept quiet could still take."""
    waits = [track.drill.rhythm.group_wait + track.drill.rhythm.group_interval + 1.0 for track in quiet]
    if waits:
        follow(servers, tracks, lambda _: False, time.time() + max(waits), lambda: tell(tracks))
