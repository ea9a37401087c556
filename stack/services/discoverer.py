"""Our discoverer: finds containers that want to be scraped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.discovery import DOCKER_FILE, ENGINE
from stack.discovery_jobs import DISCOVERED
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]


def _process(stack: Stack) -> Process:
    return Process(argv=("{python}", "-m", "stack.exporters.discoverer", *_flags(stack)))


def _flags(stack: Stack) -> Iterator[str]:
    wanted = stack.environment.discovery
    yield f"--env={stack.environment.name}"
    yield f"--listen={stack.listen('discoverer')}"
    if wanted.docker:
        yield f"--file={{root}}/discovered/{DOCKER_FILE}"
    if wanted.engine != ENGINE:
        yield f"--engine={wanted.engine}"
    yield from (f"--network={network}" for network in wanted.networks)


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Scrape the discoverer itself, and what it finds: its targets say job, page and scheme themselves."""
    if "discoverer" not in stack.services or not stack.environment.discovery.docker:
        return ({},)
    files = [{"files": [f"{DISCOVERED}/{DOCKER_FILE}"], "refresh_interval": "30s"}]
    return ({}, {"job_name": "containers", "static_configs": [], "file_sd_configs": files})


def _wanted(environment: Environment) -> bool:
    watched = any(resource.kind == "docker" for resource in environment.resources)
    # cAdvisor knows containers by their ids alone.
    named = environment.services.get("cadvisor", False) and "cadvisor" not in environment.disable.services
    return environment.discovery.docker or watched or named


SERVICE = Service(
    name="discoverer",
    summary="finds containers that want to be scraped",
    port=9198,
    process=_process,
    scrape=_scrape,
    wanted=_wanted,
    container=Container(engine=True, shares=("discovered:rw",)),
)
