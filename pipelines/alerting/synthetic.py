"""`alerts.drill` where nothing is simulated: made-up alerts, until every receiver has taken one."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pipelines.alerting.following import gently
from pipelines.alerting.reception import alerts, receptions
from stack.alerting.reaching import letters
from stack.duration import seconds, spoken
from stack.errors import Refused
from stack.services.alertmanager import WATCHDOG

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipelines.alerting.reception import Counts, Reception
    from pipelines.alerting.servers import Servers
    from pipelines.core.effects import Effects
    from stack.alerting.reaching import Letter

__all__ = ["drill_synthetic"]

USUAL = "Drill"
SEVERITY = "warning"
PAUSE = 0.2
PATIENCE = 20.0
"""Seconds beyond what the routes wait: as long as an outside service may take to answer."""

LASTS = 3600.0
"""Seconds after which a made-up alert ends by itself, should this run be killed before it ends it."""

HEADS = ("RECEIVER", "BY", "LABELS THAT LEAD THERE", "RESULT", "AFTER")


def drill_synthetic(servers: Servers, effects: Effects) -> int:
    """Post made-up alerts, wait until every receiver has taken one, end them; print a row per receiver."""
    posted, unreached = _letters(servers, effects)
    limit = _limit(posted, effects)
    _agree(servers, posted, effects)
    before, began = _counted(servers), time.time()
    with gently():
        try:
            servers.alertmanager.post_alerts(alerts(posted, began, began + LASTS))
            with effects.console.stage("told"):
                found = _watch(servers, posted, before, (began, began + limit), effects)
            why = _kept_back(servers) if any(one.said and one.kinds for one in found) else ""
        finally:
            servers.alertmanager.post_alerts(alerts(posted, began, max(began, time.time() - 1) + 0.001))
    return _report(found, unreached, why, effects)


def _letters(servers: Servers, effects: Effects) -> tuple[tuple[Letter, ...], tuple[str, ...]]:
    name = effects.options.text("alert") or USUAL
    base = {"alertname": name, "drill": "true", "env": servers.environment, "severity": SEVERITY}
    posted, unreached = letters(servers.routing, base, frozenset({WATCHDOG}))
    if not posted:
        raise Refused(message=f"no route of {servers.environment} leads to a receiver")
    return posted, unreached


def _agree(servers: Servers, posted: Sequence[Letter], effects: Effects) -> None:
    """Ask before people outside are told.

    Raises:
        Refused: it was not agreed to, or there is nobody to ask.
    """
    names = ", ".join(sorted({name for letter in posted for name in letter.receivers}))
    if servers.release.stack.environment.notifications == "sink" or effects.options.flag("yes"):
        return
    if effects.options.json or not sys.stdin.isatty():
        message = f"{names} of {servers.environment} are real, and there is no terminal to ask on"
        raise Refused(message=message, hint="say --yes to tell them without a question")
    effects.console.say(f"Tell {names} of {servers.environment}, who are real? Type yes:")
    if sys.stdin.readline().strip() != "yes":
        raise Refused(message="nobody was told")


def _counted(servers: Servers) -> Counts:
    counts = servers.alertmanager.told()
    if not counts:
        message = "this Alertmanager does not count what it told each receiver"
        raise Refused(message=message, hint="its release is older than the drill: `invoke deploy` first")
    return counts


def _watch(
    servers: Servers, posted: Sequence[Letter], before: Counts, stretch: tuple[float, float], effects: Effects
) -> tuple[Reception, ...]:
    """Ask until every receiver was told, or the time is up."""
    began, deadline = stretch
    found: dict[str, Reception] = {}
    while True:
        now = time.time()
        counts = servers.alertmanager.told()
        for one in receptions(servers.routing, posted, before, counts, now - began):
            known = found.setdefault(one.receiver, one)
            if known.said:
                found[one.receiver] = one
        waiting = [one for one in found.values() if one.said and one.kinds]
        if not waiting or now > deadline:
            return tuple(found.values())
        missing = ", ".join(f"{one.receiver}: {one.said}" for one in waiting)
        effects.console.doing(f"at most {spoken(deadline - now)} left; {missing}")
        time.sleep(PAUSE)


def _limit(posted: Sequence[Letter], effects: Effects) -> float:
    text = effects.options.text("timeout")
    try:
        if text:
            return seconds(text)
    except ValueError as error:
        raise Refused(message=f"--timeout: {error}") from error
    waits = [route.settings.get("group_wait", "30s") for letter in posted for route in letter.routes]
    return max(seconds(str(wait)) for wait in waits) + PATIENCE


def _kept_back(servers: Servers) -> str:
    """Say what keeps made-up alerts quiet, where that is why nobody is told."""
    status = [one["status"] for one in servers.alertmanager.alerts() if one["labels"].get("drill") == "true"]
    why = {
        "a silence": any(one.get("silencedBy") for one in status),
        "an inhibition": any(one.get("inhibitedBy") for one in status),
        "a time interval": any(one.get("mutedBy") for one in status),
    }
    return ", ".join(name for name, is_so in why.items() if is_so)


def _report(found: Iterable[Reception], unreached: Sequence[str], why: str, effects: Effects) -> int:
    rows = list(found)
    wrong = [one for one in rows if one.said and one.kinds]
    effects.console.result(
        {
            "receivers": [
                {
                    "receiver": one.receiver,
                    "integrations": dict(one.kinds),
                    "labels": dict(one.labels),
                    "seconds": one.after,
                    "wrong": one.said,
                }
                for one in rows
            ],
            "unreached": list(unreached),
            "kept_back_by": why,
        }
    )
    effects.console.table(HEADS, [_row(one) for one in rows])
    for name in unreached:
        effects.console.item("✗", f"{name}: no labels were found that lead there")
    if why:
        effects.console.item("!", f"{why} keeps made-up alerts quiet: `invoke silence`, `invoke alerts`")
    bad = len(wrong) + len(unreached)
    verdict = (
        f"{bad} of {len(rows) + len(unreached)} receivers were not told" if bad else "every receiver was told"
    )
    effects.console.end(f"{verdict}; the made-up alerts are over", good=not bad)
    return 1 if bad else 0


def _row(one: Reception) -> tuple[str, ...]:
    by = ", ".join(f"{number} {kind}" if number > 1 else kind for kind, number in one.kinds.items())
    labels = " ".join(f"{key}={value}" for key, value in sorted(one.labels.items()) if key != "drill")
    after = "-" if one.after is None else spoken(one.after)
    return one.receiver, by or "-", labels, one.said or "told", after
