"""The dashboards of a live stack, and what its Prometheus answers to them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.core.recall import recall_live
from stack.clients.prometheus import Prometheus
from stack.contract.absent import absent, unreached
from stack.dashboards.asking import surveys
from stack.dashboards.awaited import awaited
from stack.dashboards.questions import Viewer
from stack.duration import seconds
from stack.errors import Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from pipelines.core.effects import Effects
    from stack.dashboards.asking import Survey
    from stack.dashboards.reading import Dashboard
    from stack.service import Stack

__all__ = ["chosen", "surveyed"]


def chosen(stack: Stack, name: str) -> list[Dashboard]:
    """Give the dashboards that are meant: the one of a name, without one all of them.

    Raises:
        Refused: there is no such dashboard.
    """
    known = stack.dashboards
    if name and name not in known:
        raise Refused(message=f"there is no dashboard '{name}' here", hint=suggestion(name, known))
    return [known[name]] if name else list(known.values())


def surveyed(task: str, effects: Effects) -> tuple[Survey, ...]:
    """Ask the live Prometheus all that the meant dashboards ask, and tell how far that is.

    Raises:
        NothingKept: nothing was deployed yet.
        Refused: there is no such dashboard, or --since is no length of time.
    """
    stack = recall_live(effects).stack
    wanted = chosen(stack, effects.options.text("name"))

    def tell(done: int, total: int) -> None:
        effects.console.doing(f"{task}: {done} of {total} queries")

    with effects.console.stage(task):
        for dashboard in wanted:
            effects.console.doing(f"{task}: {dashboard.name}")
            _ = dashboard.model  # made on first use: not several at a time, and not within a query's time
        return surveys(wanted, _viewer(stack, effects), tell=tell)


def _viewer(stack: Stack, effects: Effects) -> Viewer:
    now, server = time.time(), Prometheus(effects.runtime.door(stack, "prometheus"))
    late = awaited(
        server.rule_groups(), now - effects.runtime.live().activated_at, absent(stack, unreached(server))
    )
    scrape, since = seconds(stack.environment.scrape_interval), _since(effects)
    return Viewer(server, now, scrape, awaited=late, since=since)


def _since(effects: Effects) -> float:
    text = effects.options.text("since")
    try:
        return seconds(text) if text else 0.0
    except ValueError as error:
        raise Refused(message=f"--since: {error}") from error
