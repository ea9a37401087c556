"""Every container of the machine: what it uses, and how near it is to what it may use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to_one
from dashboards._limits import warns
from dashboards._panels import figure, firing_now, graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["EMPTY", "dashboard"]

ENV = 'env=~"$env"'
NAMED = (
    "* on (env, id) group_left (container) "
    'monitoring_discovery_container_info{env=~"$env", container=~"$container"}'
)
EMPTY: Mapping[str, str] = {}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "What does each container use, and may it use more?"
    builder = (
        board("cadvisor", "What containers use", question, alerts="Cadvisor.+", hours=3)
        .with_variable(choice("env", "Environment", "monitoring_discovery_container_info"))
        .with_variable(choice("container", "Container", f"monitoring_discovery_container_info{{{ENV}}}"))
    )
    return finished(builder, {"At a glance": _glance(values), "Over time": _over_time(values)})


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Cadvisor.+", "containers")
    yield figure(
        "Nearest to its limit",
        "Memory of the container that has used most of what it may.",
        {"{{env}}": f"max by (env) ({_of_limit()})"},
        "percent",
        warns(values, "CadvisorMemoryNearLimit", over=values["container_memory_percent"]),
    )
    yield figure(
        "Containers",
        "Those that run now, on the whole machine.",
        {"{{env}}": f"count by (env) (container_memory_working_set_bytes{{{ENV}}} {NAMED})"},
        "none",
    )
    yield figure(
        "Memory of all",
        "Memory in use by all of them, file caches left out.",
        {"{{env}}": f"sum by (env) (container_memory_working_set_bytes{{{ENV}}} {NAMED})"},
        "bytes",
    )
    yield figure(
        "Processors of all",
        "How many processors all of them keep busy.",
        {"{{env}}": f"sum by (env) ({_busy()})"},
        "short",
        width=8,
    )


def _over_time(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Memory of its limit",
        "How much each container has used of the memory that it may; those without a limit are not here.",
        {"{{container}}": f"max by (env, container) ({_of_limit()})"},
        "percent",
        warns(values, "CadvisorMemoryNearLimit", over=values["container_memory_percent"]),
        each=[to_one("cadvisor", "This container", "container")],
    )
    yield graph(
        "Memory",
        "Memory in use, file caches left out.",
        {"{{container}}": f"max by (env, container) (container_memory_working_set_bytes{{{ENV}}} {NAMED})"},
        "bytes",
    )
    yield graph(
        "Processors",
        "How many processors each container keeps busy.",
        {"{{container}}": f"max by (env, container) ({_busy()})"},
        "short",
    )
    yield graph(
        "Held back",
        "How often a container had to wait, since it had used up its share of the processors.",
        {
            "{{container}}": "100 * max by (env, container) ("
            f"rate(container_cpu_cfs_throttled_periods_total{{{ENV}}}[$__rate_interval]) "
            f"/ rate(container_cpu_cfs_periods_total{{{ENV}}}[$__rate_interval]) {NAMED})"
        },
        "percent",
    )


def _of_limit() -> str:
    limit = f"(container_spec_memory_limit_bytes{{{ENV}}} > 0)"
    return f"100 * container_memory_working_set_bytes{{{ENV}}} / {limit} {NAMED}"


def _busy() -> str:
    return f"rate(container_cpu_usage_seconds_total{{{ENV}}}[$__rate_interval]) {NAMED}"
