"""Containers of the declared resources of kind `docker`: whether they run, and stay up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to, to_one
from dashboards._limits import AMBER, GREEN, RED, pages, warns
from dashboards._panels import figure, firing_now, graph, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["EMPTY", "dashboard"]

ENV = 'env=~"$env"'
RESOURCE = 'env=~"$env", resource=~"$resource"'
WHERE = 'env=~"$env", resource=~"$resource", container=~"$container"'
EMPTY: Mapping[str, str] = {
    "Health": "the first container that has a health check",
    "How they ended": "the first container that ends",
}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do the containers run, and do they stay up?"
    builder = (
        board("docker", "Containers", question, alerts="Container.+", hours=3)
        .with_variable(choice("env", "Environment", "resource_container_running"))
        .with_variable(choice("resource", "Resource", f"resource_container_running{{{ENV}}}"))
        .with_variable(choice("container", "Container", f"resource_container_running{{{RESOURCE}}}"))
    )
    rows = {
        "At a glance": _glance(values),
        "Containers": _states(values),
        "Restarts": _restarts(values),
        "What they use": _use(),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Container.+", "containers")
    running = f"resource_container_running{{{WHERE}}}"
    ended = f"resource_container_exit_code{{{WHERE}}} == 0"
    yield figure(
        "Containers down",
        "Those that do not run, those left out that have done their work and ended with 0.",
        {"{{env}}": f"sum by (env) ({running} == bool 0 unless {ended}) or 0 * count by (env) ({running})"},
        "none",
        pages(values, "ContainerDown", over=0),
        leads=[to("resources", "Resources", "resource")],
    )
    yield figure(
        "Containers",
        "Those that are declared.",
        {"{{env}}": f"count by (env) ({running})"},
        "none",
    )
    yield figure(
        "Unhealthy",
        "Containers that run, and whose own health check fails.",
        {"{{env}}": f"{_unhealthy()} or 0 * count by (env) ({running})"},
        "none",
        warns(values, "ContainerUnhealthy", over=0),
    )
    yield figure(
        "Most restarts",
        "Of the container that was started again most, in fifteen minutes.",
        {"{{env}}": f"max by (env) ({_grown('restarts', '15m')})"},
        "short",
        warns(values, "ContainerRestarting", over=values["container_restarts"]),
    )
    yield figure(
        "Killed for memory",
        "How often a container was ended in five minutes since it used more memory than it may.",
        {"{{env}}": f"sum by (env) ({_grown('oom_kills', '5m')})"},
        "short",
        warns(values, "ContainerOomKilled", over=0),
    )


def _unhealthy() -> str:
    return f"sum by (env) (resource_container_healthy{{{WHERE}}} == bool 0)"


def _grown(what: str, window: str) -> str:
    return f"increase(resource_container_{what}_total{{{WHERE}}}[{window}])"


def _states(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Runs or not",
        "Whether each container runs.",
        {"{{resource}} {{container}}": f"resource_container_running{{{WHERE}}}"},
        {1: ("runs", GREEN), 0: ("down", RED)},
        pages(values, "ContainerDown"),
    )
    yield timeline(
        "Health",
        "What each container's own health check says.",
        {"{{resource}} {{container}}": f"resource_container_healthy{{{WHERE}}}"},
        {1: ("healthy", GREEN), 0: ("unhealthy", AMBER)},
        warns(values, "ContainerUnhealthy"),
    )


def _restarts(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Restarts",
        "How often Docker has started each container again in fifteen minutes.",
        {"{{resource}} {{container}}": _grown("restarts", "15m")},
        "short",
        warns(values, "ContainerRestarting", over=values["container_restarts"]),
        each=[to_one("docker", "This container", "container")],
    )
    yield graph(
        "Killed for memory, by container",
        "How often the kernel has ended each container for its memory in five minutes.",
        {"{{resource}} {{container}}": _grown("oom_kills", "5m")},
        "short",
        warns(values, "ContainerOomKilled", over=0),
    )
    yield graph(
        "How they ended",
        "The exit code with which each container ended last; 0 is good, 137 was killed.",
        {"{{resource}} {{container}}": f"resource_container_exit_code{{{WHERE}}}"},
        "none",
        width=24,
    )


def _use() -> Iterator[Builder[Panel]]:
    yield graph(
        "Processors",
        "How many processors each container keeps busy.",
        {"{{resource}} {{container}}": _rate("cpu_seconds")},
        "short",
    )
    yield graph(
        "Memory",
        "Memory in use, file caches left out; and what each container may use, where it has a limit.",
        {
            "{{resource}} {{container}}": f"resource_container_memory_bytes{{{WHERE}}}",
            "{{resource}} {{container}} limit": f"resource_container_memory_limit_bytes{{{WHERE}}}",
        },
        "bytes",
    )
    yield graph(
        "Received",
        "What each container receives from its networks.",
        {"{{resource}} {{container}}": _rate("network_receive_bytes")},
        "Bps",
    )
    yield graph(
        "Sent",
        "What each container sends to its networks.",
        {"{{resource}} {{container}}": _rate("network_transmit_bytes")},
        "Bps",
    )


def _rate(what: str) -> str:
    return f"rate(resource_container_{what}_total{{{WHERE}}}[$__rate_interval])"
