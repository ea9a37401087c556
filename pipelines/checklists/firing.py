"""No alert fires that somebody would have to see to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.alerting.servers import Servers
from pipelines.alerting.standing import standings
from pipelines.core.checklist import Line, green, red
from stack.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.alerting.standing import Standing
    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]

WATCHDOG = "Watchdog"
"""Fires always, to show that alerts come through."""

SERIOUS = {"page", "warning"}


def _run(look: Look) -> Verdict:
    servers = Servers(look.release, look.effects.runtime)
    every = standings(servers.prometheus.alerts(), servers.alertmanager.alerts())
    firing = [one for one in every if one.state == "firing" and one.name != WATCHDOG]
    serious = [one for one in firing if one.labels.get("severity") in SERIOUS and not one.muted]
    quiet = len(firing) - len(serious)
    beside = (
        f"; {quiet} more muted or only to be known: {_named(_without(firing, serious), look.now)}"
        if quiet
        else ""
    )
    if serious:
        return red(
            f"{len(serious)} alert(s) fire: {_named(serious, look.now)}{beside}", look.command("alerts")
        )
    return green(f"nothing fires that pages or warns{beside}")


def _without(firing: Sequence[Standing], serious: Sequence[Standing]) -> list[Standing]:
    return [one for one in firing if one not in serious]


def _named(found: Sequence[Standing], now: float) -> str:
    return ", ".join(f"{one.name} {one.others} since {spoken(max(0.0, now - one.since))}" for one in found)


LINE = Line(asks="No alert fires that pages or warns.", run=_run)
