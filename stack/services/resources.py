"""Our resource exporter: the state of declared resources, and the dead-man switch of the alerting path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.emit import to_json
from stack.references import SECRETS
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack
    from stack.watched import Resource

__all__ = ["SERVICE"]

FORWARD = "watchdog_url"
"""The secret that names an outside service to pass the beat on to, where an environment has one."""


def _files(stack: Stack) -> Mapping[str, bytes]:
    environment = stack.environment
    forward = f"{SECRETS}/{FORWARD}" if FORWARD in environment.secrets else ""
    resources = [_resource(resource, stack) for resource in environment.resources]
    document = {"env": environment.name, "resources": resources, "watchdog": {"forward_file": forward}}
    return {"resources.json": to_json(document)}


def _resource(resource: Resource, stack: Stack) -> dict[str, Any]:
    """Give a resource as the exporter reads it; of containers only the discoverer can tell."""
    written = resource.model_dump(mode="json")
    if resource.kind != "docker":
        return written
    return {**written, "discoverer": f"http://{stack.address('discoverer')}"}


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    if "resources" not in stack.services or not any(r.metrics for r in stack.environment.resources):
        return ({},)
    discovery = {"url": f"http://{stack.address('resources')}/sd", "refresh_interval": "30s"}
    return ({}, {"job_name": "discovered", "static_configs": [], "http_sd_configs": [discovery]})


def _process(stack: Stack) -> Process:
    return Process(
        argv=(
            "{python}",
            "-m",
            "stack.exporters.resource_exporter",
            "--config={root}/current/resources/resources.json",
            f"--listen={stack.listen('resources')}",
        )
    )


SERVICE = Service(
    name="resources",
    summary="the state of declared resources, and the dead-man switch",
    port=9199,
    process=_process,
    files=_files,
    scrape=_scrape,
    reload=("/-/reload",),
    container=Container(joins=("outside",)),
)
