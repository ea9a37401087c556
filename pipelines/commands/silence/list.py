"""List the silences: what, by whom, why, until when."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from pipelines.alerting.servers import live_servers
from pipelines.core.options import Option
from stack.alerting.silences import read_document, written
from stack.duration import spoken
from stack.moment import clock, unix

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (Option("all", "also those that have ended", default=False),)

HEADS = ("ID", "STATE", "MATCHERS", "BY", "REASON", "ENDS", "LEFT", "SILENCES NOW")


def run(effects: Effects) -> int:
    """Print a row per silence, that which ends first on top."""
    servers = live_servers(effects)
    every, held = servers.alertmanager.silences(), servers.alertmanager.alerts()
    shown = [one for one in every if one["status"]["state"] != "expired" or effects.options.flag("all")]
    shown.sort(key=lambda one: unix(one["endsAt"]))
    effects.console.result(shown)
    if shown:
        counts = {one["id"]: _silenced(one["id"], held) for one in shown}
        now = time.time()
        effects.console.table(HEADS, [_row(one, counts[one["id"]], now) for one in shown])
    active = sum(one["status"]["state"] == "active" for one in shown)
    effects.console.end(
        f"{active} silence(s) active in {servers.environment}"
        + ("; invoke silence.expire ID ends one" if active else "")
    )
    return 0


def _silenced(name: str, held: list[dict[str, Any]]) -> int:
    return sum(name in (alert["status"].get("silencedBy") or ()) for alert in held)


def _row(one: Mapping[str, Any], count: int, now: float) -> tuple[str, ...]:
    end = unix(one["endsAt"])
    return (
        one["id"],
        one["status"]["state"],
        written(read_document(one["matchers"])),
        one["createdBy"],
        one["comment"],
        clock(end),
        spoken(end - now) if end > now else "-",
        str(count),
    )
