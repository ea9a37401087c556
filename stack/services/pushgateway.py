"""Pushgateway: takes the metrics of jobs that end before they could be scraped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack import web
from stack.programs import Program, Release
from stack.service import Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/prometheus/pushgateway/releases/download/v{version}"


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    del stack
    return ({"honor_labels": True},)  # what was pushed says itself which job it is of


def _process(stack: Stack) -> Process:
    flags = (
        f"--web.listen-address={stack.listen('pushgateway')}",
        "--persistence.file={root}/data/pushgateway/metrics",
        "--persistence.interval=1m",
    )
    return Process(
        argv=(
            "pushgateway",
            *flags,
            *web.flags(stack, "pushgateway"),
            *stack.environment.flags.get("pushgateway", ()),
        )
    )


SERVICE = Service(
    name="pushgateway",
    summary="takes the metrics of short-lived jobs",
    port=9091,
    process=_process,
    program=Program(
        name="pushgateway",
        executables=("pushgateway",),
        floor="1.6",
        packages=("prometheus-pushgateway",),
        release=Release(
            archive=f"{RELEASES}/pushgateway-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    scrape=_scrape,
    data=True,
    web=True,
)
