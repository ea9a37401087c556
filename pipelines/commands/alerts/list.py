"""List what fires, since when, and who was told."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING

from pipelines.alerting.servers import live_servers
from pipelines.core.options import Option
from stack.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.alerting.standing import Standing
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("all", "also the Watchdog, which always fires", default=False),)

WATCHDOG = "Watchdog"
HEADS = ("STATE", "ALERT", "ENV", "SEVERITY", "LABELS", "SINCE", "VALUE", "MUTED BY", "TOLD")


def run(effects: Effects) -> int:
    """Print a row per alert, what fires first."""
    from pipelines.alerting.standing import standings

    servers = live_servers(effects)
    notifications = servers.sink.notifications() if servers.sink else []
    found = standings(servers.prometheus.alerts(), servers.alertmanager.alerts(), notifications)
    shown = [one for one in found if one.name != WATCHDOG or effects.options.flag("all")]
    effects.console.result([asdict(one) for one in shown])
    now = time.time()
    if shown:
        effects.console.table(HEADS, [_row(one, now) for one in shown])
    effects.console.end(_verdict(servers.environment, shown), good=not _loud(shown))
    return 0


def _row(one: Standing, now: float) -> tuple[str, ...]:
    return (
        one.state,
        one.name,
        one.labels.get("env", "-"),
        one.labels.get("severity", "-"),
        one.others or "-",
        f"{spoken(max(0.0, now - one.since))} ago",
        _value(one.value),
        ", ".join(one.muted) or "-",
        ", ".join(_told(one, receiver, now) for receiver in one.receivers) or "-",
    )


def _value(text: str) -> str:
    return f"{float(text):.6g}" if text else "-"


def _told(one: Standing, receiver: str, now: float) -> str:
    heard = one.told.get(receiver)
    return f"{receiver} ({spoken(now - heard)} ago)" if heard else receiver


def _loud(shown: Sequence[Standing]) -> list[Standing]:
    return [one for one in shown if one.state == "firing" and not one.muted]


def _verdict(environment: str, shown: Sequence[Standing]) -> str:
    firing = [one for one in shown if one.state == "firing"]
    pending = sum(one.state == "pending" for one in shown)
    muted = len(firing) - len(_loud(shown))
    if not shown:
        return f"nothing fires in {environment}"
    quiet = f", {muted} of them muted" if muted else ""
    next_step = f"; next: invoke alerts.explain {firing[0].name}" if firing else ""
    return f"{len(firing)} alert(s) fire in {environment}{quiet}, {pending} pending{next_step}"
