"""The vertical services as the command center sees them: health, business, scrapes, attribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to_one
from dashboards._limits import AMBER, GREEN, warns
from dashboards._panels import bars, figure, firing_now, graph, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ALERTS = "Aetherlink.+"
ENV = 'env=~"$env"'
SERVICE = 'env=~"$env", service=~"$service"'

TOTALS = ("contacts", "deals", "jobs", "properties", "policies", "uploads")


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Are the vertical services up, fresh and doing business?"
    builder = (
        board("vertical-fleet-health", "Vertical Fleet Health", question, alerts=ALERTS, hours=6)
        .with_variable(choice("env", "Environment", "aether_service_up"))
        .with_variable(choice("service", "Service", f"aether_service_up{{{ENV}}}"))
    )
    rows = {
        "At a glance": _glance(values),
        "Health": _health(values),
        "Business": _business(values),
        "Scrapes": _scrapes(values),
        "Attribution": _attribution(),
        "Weeks and months": _long_range(values),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now(ALERTS, "the vertical services")
    yield figure(
        "Services down",
        "Services that the command center cannot reach, or of which it no longer says anything.",
        {"{{env}}": _down()},
        "none",
        warns(values, "AetherlinkVerticalServiceDown", over=0),
    )
    yield figure(
        "Services with stale data",
        "Services that have sent nothing new for two minutes, in each environment.",
        {"{{env}}": f"sum by (env) (aether_service_stale{{{SERVICE}}})"},
        "none",
        warns(values, "AetherlinkVerticalDataStale", over=0),
    )
    yield figure(
        "Services that fail",
        "Services of which a scrape has failed in the last five minutes.",
        {"{{env}}": f"sum by (env) ({_errors()} > bool 0)"},
        "none",
        warns(values, "AetherlinkVerticalScrapeErrors", over=0),
    )
    yield figure(
        "Slowest service",
        "The mean time that a scrape of it took in the last five minutes.",
        {"{{env}}": f"max by (env) ({_duration()})"},
        "s",
        warns(values, "AetherlinkVerticalScrapeSlow", over=values["scrape_slow_seconds"]),
    )
    yield figure(
        "Activity",
        "Contacts, deals and jobs of all verticals together. 0 is lost data, or a broken report.",
        {"{{env}}": f"env:aether_platform_activity:sum{{{ENV}}}"},
        "short",
        warns(values, "AetherlinkPlatformActivityDrop", under=1),
    )


def _down() -> str:
    """Count by environment; a service that is reported no more counts for an hour, as for its alert."""
    last = f"last_over_time(aether_service_up{{{SERVICE}}}[1h])"
    silent = f"{last} unless on (env, service) aether_service_up"
    return f"count by (env) ({last} == 0 or {silent}) or 0 * count by (env) ({last})"


def _errors() -> str:
    return f"env_service:aether_verticals_scrape_errors:rate5m{{{SERVICE}}}"


def _duration() -> str:
    return f"env_service:aether_verticals_scrape_duration_seconds:mean5m{{{SERVICE}}}"


def _health(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Up or down",
        "Whether the command center reaches each service. A gap means that it does not report it.",
        {"{{env}} {{service}}": f"min by (env, service) (aether_service_up{{{SERVICE}}})"},
        {1: ("up", GREEN), 0: ("down", AMBER)},
        warns(values, "AetherlinkVerticalServiceDown"),
    )
    yield timeline(
        "Fresh or stale",
        "Whether each service sends new data.",
        {"{{env}} {{service}}": f"max by (env, service) (aether_service_stale{{{SERVICE}}})"},
        {0: ("fresh", GREEN), 1: ("stale", AMBER)},
        warns(values, "AetherlinkVerticalDataStale"),
    )


def _business(values: Values) -> Iterator[Builder[Panel]]:
    for noun in TOTALS:
        yield figure(
            noun.capitalize(),
            f"All {noun} that the verticals hold together. A sudden 0 is lost data or a broken report.",
            {"{{env}}": f"sum by (env) (aether_platform_total_{noun}{{{ENV}}})"},
            "short",
            warns(values, "AetherlinkMetricsMissing"),
        )


def _scrapes(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Scrape errors",
        "Failed scrapes of each service, over five minutes. Healthy is a flat 0.",
        {"{{env}} {{service}}": _errors()},
        "cps",
        warns(values, "AetherlinkVerticalScrapeErrors", over=0),
    )
    yield graph(
        "Scrape duration",
        "How long a scrape of each service takes, the mean over five minutes.",
        {"{{env}} {{service}}": _duration()},
        "s",
        warns(values, "AetherlinkVerticalScrapeSlow", over=values["scrape_slow_seconds"]),
        each=[to_one("vertical-fleet-health", "This service", "service")],
    )


def _attribution() -> Iterator[Builder[Panel]]:
    written = f"sum by (env, key) (increase(aether_attribution_writes_total{{{ENV}}}[$__range]))"
    yield bars(
        "Top API keys",
        "The ten keys that wrote most in the time shown.",
        {"{{env}} {{key}}": f"sort_desc(topk(10, {written}))"},
        "short",
    )
    yield graph(
        "Writes by API key",
        "Writes each second, over five minutes.",
        {"{{env}} {{key}}": f"env_key:aether_attribution_writes:rate5m{{{ENV}}}"},
        "wps",
    )


def _long_range(values: Values) -> Iterator[Builder[Panel]]:
    """Draw means of an hour: each point stands for hundreds, so that a quarter is drawn as fast as a day."""
    yield graph(
        "Availability by the hour",
        "The part of the hour before each moment in which the command center reached a service.",
        {"{{env}} {{service}}": f"100 * env_service:aether_service_up:mean1h{{{SERVICE}}}"},
        "percent",
    )
    yield graph(
        "Scrape duration by the hour",
        "How long a scrape of each service took, the mean over an hour. A slow rise is growth.",
        {"{{env}} {{service}}": f"env_service:aether_verticals_scrape_duration_seconds:mean1h{{{SERVICE}}}"},
        "s",
        warns(values, "AetherlinkVerticalScrapeSlow", over=values["scrape_slow_seconds"]),
    )
    yield graph(
        "Scrape errors by the hour",
        "Failed scrapes of each service, over an hour.",
        {"{{env}} {{service}}": f"env_service:aether_verticals_scrape_errors:rate1h{{{SERVICE}}}"},
        "cps",
    )
    yield graph(
        "Writes by API key by the hour",
        "Writes each second, over an hour.",
        {"{{env}} {{key}}": f"env_key:aether_attribution_writes:rate1h{{{ENV}}}"},
        "wps",
    )
