"""The notification sink: speaks each receiver's protocol in an environment that must tell nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.service import Process, Service

if TYPE_CHECKING:
    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]


def _process(stack: Stack) -> Process:
    return Process(
        argv=(
            "{python}",
            "-m",
            "stack.exporters.sink",
            "--store={root}/data/sink/notifications.jsonl",
            f"--listen={stack.listen('sink')}",
            f"--smtp={stack.listen('sink_smtp')}",
        )
    )


def _wanted(environment: Environment) -> bool:
    return environment.notifications == "sink"


SERVICE = Service(
    name="sink",
    summary="takes every notification, tells nobody",
    port=9095,
    doors={"smtp": 9025},
    process=_process,
    wanted=_wanted,
    data=True,
)
