"""`alerts.drill --all`: every alert of the command center, in a stack that is there for nothing else."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pipelines.alerting.fleet import alerts_of, inspection_of, run_round, settled
from pipelines.alerting.following import gently
from pipelines.alerting.outcome import outcome
from pipelines.alerting.planning import factor_for, rounds, undrilled
from pipelines.alerting.sandbox import dry_release, sandbox
from pipelines.alerting.servers import Servers
from pipelines.alerting.timeline import longest, steps
from stack.duration import spoken
from stack.errors import Refused
from stack.exporters.command_center.fleet import PERIOD

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pipelines.alerting.outcome import Outcome
    from pipelines.alerting.planning import Round
    from pipelines.alerting.track import Track
    from pipelines.core.effects import Effects
    from stack.environment import Environment

__all__ = ["drill_all"]

HEADS = ("ALERT", "OF", "EXPECTED", "RESULT", "TOLD", "AFTER", "WITH THE REAL INTERVALS", "AT MOST")


def drill_all(effects: Effects) -> int:
    """Drill every alert, print who was told of what, and give 1 where one of them went wrong."""
    began, environment = time.monotonic(), effects.options.load().environment
    factor, unknown = _planned(environment, effects)
    with gently(), sandbox(environment, factor, effects) as servers:
        inspection = inspection_of(servers, effects.root)
        every = rounds(alerts_of(inspection), inspection)
        with effects.console.stage("start"):
            settled(servers, every)
        tracks: list[Track] = []
        for number, one in enumerate(every, start=1):
            with effects.console.stage(f"round {number}"):
                tracks += run_round(servers, one, PERIOD / factor, _progress(one, PERIOD / factor, effects))
    outcomes = [outcome(track) for track in tracks]
    return _report(outcomes, unknown, factor, time.monotonic() - began, effects)


def _planned(environment: Environment, effects: Effects) -> tuple[float, tuple[str, ...]]:
    """Give the factor, by the real intervals, and the alerts that nothing fires; say what is to come."""
    inspection = inspection_of(Servers(dry_release(environment, effects), effects.runtime), effects.root)
    found = alerts_of(inspection)
    every, asked = rounds(found, inspection), effects.options.text("factor")
    factor = _asked(asked) if asked else factor_for(every)
    count, real = sum(len(one.drills) for one in every), sum(sum(one.lasts()) for one in every)
    effects.console.say(
        f"{count} drills of {environment.name}'s alerts in {len(every)} rounds, in a stack of their own, "
        f"{factor:g} times faster than life: {spoken(real)} become {spoken(real / factor)}"
    )
    return factor, undrilled(found)


def _asked(text: str) -> float:
    try:
        factor = float(text)
    except ValueError:
        factor = 0.0
    if not 1.0 <= factor <= 1000.0:
        raise Refused(message=f"--factor takes a number from 1 to 1000, not '{text}'")
    return factor


def _progress(one: Round, period: float, effects: Effects) -> Callable[[list[Track]], None]:
    expected = time.time() + sum(one.lasts(period))

    def tell(tracks: list[Track]) -> None:
        waiting = [track for track in tracks if not (track.ended if track.off else track.delivered)]
        left = max(0.0, expected - time.time())
        states = ", ".join(f"{track.drill.name} {track.waits_for()}" for track in waiting[:2])
        more = f" and {len(waiting) - 2} more" if len(waiting) > 2 else ""
        effects.console.doing(f"at most {spoken(left)} left; waiting for: {states}{more}")

    return tell


def _report(
    outcomes: Sequence[Outcome], unknown: Sequence[str], factor: float, took: float, effects: Effects
) -> int:
    wrong = [one for one in outcomes if one.wrong]
    effects.console.result(
        {
            "factor": factor,
            "seconds": round(took, 1),
            "drills": [_document(one, factor) for one in outcomes],
            "undrilled": list(unknown),
        }
    )
    effects.console.table(HEADS, [_row(one, factor) for one in outcomes])
    for name in unknown:
        effects.console.item("✗", f"{name}: no simulated fault is known that fires it")
    for one in wrong:
        effects.console.item("✗", f"{one.track.drill.name}: {one.wrong}")
    told, quiet = (
        sum(bool(one.track.drill.source) is kind and not one.wrong for one in outcomes)
        for kind in (False, True)
    )
    verdict = f"{told} alert(s) told and ended, {quiet} kept quiet as they must be"
    bad = len(wrong) + len(unknown)
    effects.console.end(
        f"{verdict}, {bad} wrong; the drill took {spoken(took)}, and nothing of it is left", good=not bad
    )
    return 1 if bad else 0


def _row(one: Outcome, factor: float) -> tuple[str, ...]:
    drill, track = one.track.drill, one.track
    after = None if one.latency is None else one.latency
    bound = longest(drill, PERIOD / factor)[0]
    return (
        drill.alert,
        drill.service or "the platform",
        f"quiet, {drill.source} fires" if drill.source else "told",
        "wrong" if one.wrong else "quiet" if drill.source else "told, ended",
        ", ".join(f"{name} +{spoken(at - track.on)}" for name, at in sorted(track.told.items())) or "nobody",
        "-" if after is None else spoken(after),
        "-" if after is None else f"about {spoken(after * factor)}",
        "-" if drill.source else spoken(bound * factor),
    )


def _document(one: Outcome, factor: float) -> dict[str, Any]:
    drill, track = one.track.drill, one.track
    return {
        "alert": drill.alert,
        "service": drill.service,
        "fault": drill.fault.kind,
        "expected": f"inhibited by {drill.source}" if drill.source else "told",
        "wrong": one.wrong,
        "told": {name: at - track.on for name, at in track.told.items()},
        "told_the_end": {name: at - (track.off or at) for name, at in track.over.items()},
        "latency_seconds": one.latency,
        "with_the_real_intervals_seconds": None if one.latency is None else one.latency * factor,
        "timeline": [{"step": step.name, "at": step.at, "took": step.took} for step in steps(track)],
    }
