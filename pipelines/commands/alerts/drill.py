"""Fire an alert on purpose, to see who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.alerting.servers import live_servers
from pipelines.core.options import Option
from stack.errors import Refused

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

OPTIONS = (
    Option("alert", "which; without it the one that a service is down", positional=True),
    Option(
        "all", "every alert of the command center, in a throw-away stack, in three minutes", default=False
    ),
    Option("service", "whose fault is switched on; without it the first that is well"),
    Option("synthetic", "post a made-up alert for every receiver instead", default=False),
    Option("timeout", "when to give up: 15m; without it, as the intervals say"),
    Option("factor", "with --all: how many times faster time passes"),
    Option("yes", "do not ask before real people are told", default=False),
)


def run(effects: Effects) -> int:
    """Choose the drill that fits: throw-away, by a simulated fault, or by made-up alerts."""
    from pipelines.alerting.simulated import drill_simulated
    from pipelines.alerting.synthetic import drill_synthetic
    from pipelines.alerting.throwaway import drill_all

    options = effects.options
    if options.flag("all"):
        if options.text("alert") or options.flag("synthetic"):
            raise Refused(message="--all drills every alert by itself; name none, and nothing made up")
        return drill_all(effects)
    servers = live_servers(effects)
    simulated = "command_center" in servers.release.stack.services
    if options.flag("synthetic") or not simulated:
        return drill_synthetic(servers, effects)
    return drill_simulated(servers, effects)
