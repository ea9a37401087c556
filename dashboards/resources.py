"""Declared resources, such as a shop's health page, a database's port, a process: whether they are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to_one
from dashboards._limits import GREEN, RED, pages, warns
from dashboards._panels import bars, figure, firing_now, graph, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ENV = 'env=~"$env"'
KIND = 'env=~"$env", kind=~"$kind"'
WHERE = 'env=~"$env", kind=~"$kind", resource=~"$resource"'


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Are the things outside the stack there that it was told to watch?"
    builder = (
        board("resources", "Resources", question, alerts="Resource.+", hours=3)
        .with_variable(choice("env", "Environment", "resource_up"))
        .with_variable(choice("kind", "Kind", f"resource_up{{{ENV}}}"))
        .with_variable(choice("resource", "Resource", f"resource_up{{{KIND}}}"))
    )
    rows = {"At a glance": _glance(values), "Resources": _states(values), "Checks": _checks(values)}
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Resource.+", "resources")
    yield figure(
        "Resources down",
        "Those whose last check failed.",
        {"{{env}}": f"sum by (env) (resource_up{{{WHERE}}} == bool 0)"},
        "none",
        pages(values, "ResourceDown", over=0),
    )
    yield figure(
        "Resources",
        "Those that are declared.",
        {"{{env}}": f"count by (env) (resource_up{{{WHERE}}})"},
        "none",
    )
    yield figure(
        "Most changes",
        "Of the resource that comes and goes most: how often it did in fifteen minutes.",
        {"{{env}}": f"max by (env) (changes(resource_up{{{WHERE}}}[15m]))"},
        "none",
        warns(values, "ResourceFlapping", over=values["resource_flaps"]),
    )
    yield figure(
        "Slowest check",
        "How long it took when it was made last.",
        {"{{env}}": f"max by (env) (resource_check_duration_seconds{{{WHERE}}})"},
        "s",
    )
    yield figure(
        "Oldest good check",
        "How long ago the last good check of a resource was made, of the one where that is longest.",
        {"{{env}}": f"time() - min by (env) (resource_last_success_timestamp_seconds{{{WHERE}}})"},
        "s",
        warns(values, "ResourceCheckOld"),
    )


def _states(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Up or down",
        "Whether each resource was found up. A band that ends is a resource that is no longer watched.",
        {"{{kind}} {{resource}}": f"resource_up{{{WHERE}}}"},
        {1: ("up", GREEN), 0: ("down", RED)},
        pages(values, "ResourceDown"),
        warns(values, "ResourceVanished"),
    )
    yield bars(
        "Availability",
        "The part of the time shown in which each resource was up.",
        {"{{kind}} {{resource}}": f"100 * avg_over_time(resource_up{{{WHERE}}}[$__range])"},
        "percent",
    )


def _checks(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Comings and goings",
        "How often each resource has gone down or come back in fifteen minutes.",
        {"{{kind}} {{resource}}": f"changes(resource_up{{{WHERE}}}[15m])"},
        "none",
        warns(values, "ResourceFlapping", over=values["resource_flaps"]),
    )
    yield graph(
        "Time a check takes",
        "How long the last check of each resource took.",
        {"{{kind}} {{resource}}": f"resource_check_duration_seconds{{{WHERE}}}"},
        "s",
        each=[to_one("resources", "This resource", "resource")],
    )
