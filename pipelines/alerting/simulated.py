"""`alerts.drill ALERT` where a simulated command center runs: its fault, and the alert's whole way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.alerting.explanation import explain
from pipelines.alerting.fleet import inspection_of
from pipelines.alerting.following import follow, gently, look, switch_off, switched_on
from pipelines.alerting.outcome import outcome
from pipelines.alerting.planning import drill_of
from pipelines.alerting.timeline import longest, quickest, steps
from pipelines.alerting.track import Track
from stack.clients.command_center import CommandCenter
from stack.duration import seconds, spoken
from stack.errors import Refused
from stack.exporters.command_center.fleet import VERTICALS
from stack.moment import clock

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.alerting.servers import Servers
    from pipelines.alerting.track import Drill
    from pipelines.core.effects import Effects

__all__ = ["drill_simulated"]

USUAL = "AetherlinkVerticalServiceDown"
HEADS = ("STEP", "AT", "TOOK", "THE INTERVALS GIVE")
PATIENCE = 15.0
"""Seconds beyond what the intervals give, after which a drill has failed."""


def drill_simulated(servers: Servers, effects: Effects) -> int:
    """Switch a fault on and off, follow its alert to who is told, and print the timeline."""
    drill = _chosen(servers, effects)
    track, center = Track(drill), CommandCenter(servers.door("command_center"))
    track.before = look(servers, [track], time.time()).values[drill.series]
    up, down = longest(drill)
    limit = time.time() + _limit(effects, up + down + 2 * PATIENCE)
    _announce(drill, time.time() + up, time.time() + up + down, effects)
    with gently(), switched_on(center, [track]):
        with effects.console.stage("fires"):
            _watch(servers, track, lambda one: one.delivered, (time.time() + up, limit), effects)
        switch_off(center, [track])
        if track.delivered:
            with effects.console.stage("ends"):
                _watch(servers, track, lambda one: one.ended, (time.time() + down, limit), effects)
    return _report(track, effects)


def _announce(drill: Drill, told: float, over: float, effects: Effects) -> None:
    effects.console.say(
        f"{drill.name}: the fault '{drill.fault.kind}' is switched on now. By the intervals alone "
        f"{', '.join(drill.receivers)} must be told by {clock(told)}, and of its end by {clock(over)}"
    )


def _watch(
    servers: Servers, track: Track, done: Callable[[Track], bool], due: tuple[float, float], effects: Effects
) -> None:
    """Follow a drill until it is due by the intervals, and some patience beyond, or the time is up."""
    expected, limit = due

    def tell() -> None:
        left = expected - time.time()
        when = f"expected within {spoken(left)}" if left > 0 else f"{spoken(-left)} late"
        effects.console.doing(f"{track.drill.name}: waiting for: {track.waits_for()}; {when}")

    follow(servers, [track], done, min(limit, expected + PATIENCE), tell)


def _chosen(servers: Servers, effects: Effects) -> Drill:
    """Choose the service, and refuse an alert that nobody would be told of, or that fires already.

    Raises:
        Refused: no drill is possible.
    """
    name, wanted = effects.options.text("alert") or USUAL, effects.options.text("service")
    inspection = inspection_of(servers, effects.root)
    one = explain(name, inspection)[0]
    if not one.loaded or not one.ways:
        why = "tells nobody" if one.loaded else "is not loaded here"
        raise Refused(message=f"{name} {why}", hint=f"see `invoke alerts.explain {name}`")
    if wanted and wanted not in VERTICALS:
        raise Refused(message=f"there is no service '{wanted}'", hint=f"there are {', '.join(VERTICALS)}")
    standing = [alert["labels"] for alert in servers.prometheus.alerts()]
    for service in [wanted] if wanted else VERTICALS:
        drill = drill_of(one, service, inspection)
        if not any(labels.items() >= drill.labels.items() for labels in standing):
            return drill
    message = f"{name} is pending or fires already" + (f" for {wanted}" if wanted else "")
    raise Refused(message=message, hint="see `invoke alerts`; a drill needs one that is well")


def _limit(effects: Effects, usual: float) -> float:
    text = effects.options.text("timeout")
    try:
        return seconds(text) if text else usual
    except ValueError as error:
        raise Refused(message=f"--timeout: {error}") from error


def _report(track: Track, effects: Effects) -> int:
    verdict, found = outcome(track), steps(track)
    effects.console.result(
        {
            "alert": track.drill.alert,
            "service": track.drill.service,
            "fault": track.drill.fault.kind,
            "wrong": verdict.wrong,
            "told": {name: at - track.on for name, at in track.told.items()},
            "timeline": [
                {"step": s.name, "at": s.at, "took": s.took, "least": s.least, "most": s.most} for s in found
            ],
        }
    )
    effects.console.table(HEADS, [step.row() for step in found])
    if verdict.wrong:
        effects.console.end(f"{track.drill.name}: {verdict.wrong}; the fault is off again", good=False)
        return 1
    names, latency = ", ".join(sorted(track.told)), spoken(verdict.latency or 0.0)
    bounds = f"{spoken(quickest(track.drill))} to {spoken(longest(track.drill)[0])}"
    effects.console.end(
        f"{track.drill.name}: {names} told {latency} after the fault (the intervals give {bounds}), "
        "and told when it was over; the fault is off again"
    )
    return 0
