"""The discovery of containers: whether the engine is followed, and what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished
from dashboards._limits import warns
from dashboards._panels import figure, firing_now, graph, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["EMPTY", "dashboard"]

WHERE = 'env=~"$env"'

NONE = f"0 * max by (env) (monitoring_discovery_engine_up{{{WHERE}}})"

EMPTY: Mapping[str, str] = {}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Is every container found that wants to be scraped?"
    builder = board("discoverer", "Discovery", question, alerts="Discovery.+", hours=3).with_variable(
        choice("env", "Environment", "monitoring_discovery_engine_up")
    )
    return finished(builder, {"At a glance": _glance(values), "Over time": _over_time()})


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Discovery.+", "the discovery")
    yield verdict(
        "Engine",
        "Whether the container engine answers; without it, what was found last is kept.",
        {"{{env}}": f"min by (env) (monitoring_discovery_engine_up{{{WHERE}}})"},
        warns(values, "DiscoveryEngineAway"),
    )
    yield figure(
        "Containers",
        "Containers that run.",
        {"{{env}}": f"sum by (env) (monitoring_discovery_containers{{{WHERE}}})"},
        "none",
    )
    yield figure(
        "Targets",
        "Pages of containers that are scraped.",
        {"{{env}}": f"sum by (env) (monitoring_discovery_targets{{{WHERE}}})"},
        "none",
    )
    yield figure(
        "Refused",
        "Containers that ask to be scraped and cannot be: by their labels, their ports or their networks.",
        {"{{env}}": f"sum by (env) (monitoring_discovery_refused{{{WHERE}}}) or {NONE}"},
        "none",
        warns(values, "DiscoveryRefused", over=0),
        width=8,
    )


def _over_time() -> Iterator[Builder[Panel]]:
    yield graph(
        "Events",
        "Events of the engine a second: containers that come and go.",
        {"{{env}}": f"sum by (env) (rate(monitoring_discovery_events_total{{{WHERE}}}[$__rate_interval]))"},
        "ops",
    )
    yield graph(
        "Failures",
        "Times a second that the engine failed, or the file of targets could not be written.",
        {
            "engine": "sum by (env) "
            f"(rate(monitoring_discovery_engine_failures_total{{{WHERE}}}[$__rate_interval]))",
            "file": "sum by (env) "
            f"(rate(monitoring_discovery_write_failures_total{{{WHERE}}}[$__rate_interval]))",
        },
        "ops",
    )
