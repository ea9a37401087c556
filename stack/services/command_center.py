"""The command center: simulated where an environment is local, scraped elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.scrape import shorter
from stack.service import Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    interval = shorter("15s", stack.environment.scrape_interval)
    return (
        {
            "job_name": "aetherlink-command-center",
            "scrape_interval": interval,
            "scrape_timeout": shorter("10s", interval),
            # Its metrics carry their own `env`: theirs wins over the target's.
            "honor_labels": True,
        },
    )


def _process(stack: Stack) -> Process:
    return Process(
        argv=(
            "{python}",
            "-m",
            "stack.exporters.command_center",
            f"--env={stack.environment.name}",
            f"--listen={stack.listen('command_center')}",
            *stack.environment.flags.get("command_center", ()),
        )
    )


def _wanted(environment: Environment) -> bool:
    return environment.name == "local"


SERVICE = Service(
    name="command_center",
    summary="a simulated command center with switchable faults",
    port=8010,
    process=_process,
    scrape=_scrape,
    wanted=_wanted,
)
