"""The vertical services as the command center sees them: health, business, scrapes, attribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import annotated, board, choice, finished, link
from dashboards._panels import AMBER, GREEN, RED, bars, figure, graph, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ENV = 'env=~"$env"'
SERVICE = 'env=~"$env", service=~"$service"'
FIRING = f'ALERTS{{alertname=~"Aetherlink.+", alertstate="firing", {ENV}}}'
OVERVIEW = "/d/overview?${env:queryparam}"

TOTALS = ("contacts", "deals", "jobs", "properties", "policies", "uploads")


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    del values
    builder = (
        board(
            "vertical-fleet-health",
            "Vertical Fleet Health",
            "Are the vertical services up, fresh and doing business?",
            hours=6,
        )
        .with_variable(choice("env", "Environment", "label_values(aether_service_up, env)"))
        .with_variable(choice("service", "Service", f"label_values(aether_service_up{{{ENV}}}, service)"))
        .annotation(annotated(FIRING))
    )
    rows = {
        "Health": _health(),
        "Business": _business(),
        "Scrapes": _scrapes(),
        "Attribution": _attribution(),
        "Weeks and months": _long_range(),
    }
    return finished(builder, rows)


def _health() -> Iterator[Builder[Panel]]:
    yield figure(
        "Services down",
        "Services that the command center cannot reach, in each environment.",
        {"{{env}}": f"sum by (env) (1 - aether_service_up{{{SERVICE}}})"},
        "none",
        red=1,
        width=8,
    )
    yield figure(
        "Services with stale data",
        "Services that have sent nothing new for two minutes, in each environment.",
        {"{{env}}": f"sum by (env) (aether_service_stale{{{SERVICE}}})"},
        "none",
        red=1,
        width=8,
    )
    yield figure(
        "Fleet alerts firing",
        "Alerts on the fleet that fire now. The overview lists them.",
        {"firing": f"count({FIRING}) or vector(0)"},
        "none",
        red=1,
        width=8,
    ).links([link("Overview", OVERVIEW)])
    yield timeline(
        "Up or down",
        "Whether the command center reaches each service. A gap means that it does not report it.",
        {"{{env}} {{service}}": f"min by (env, service) (aether_service_up{{{SERVICE}}})"},
        {1: ("up", GREEN), 0: ("down", RED)},
    )
    yield timeline(
        "Fresh or stale",
        "Whether each service sends new data.",
        {"{{env}} {{service}}": f"max by (env, service) (aether_service_stale{{{SERVICE}}})"},
        {0: ("fresh", GREEN), 1: ("stale", AMBER)},
    )


def _business() -> Iterator[Builder[Panel]]:
    for noun in TOTALS:
        yield figure(
            noun.capitalize(),
            f"All {noun} that the verticals hold together. A sudden 0 is lost data or a broken report.",
            {"{{env}}": f"sum by (env) (aether_platform_total_{noun}{{{ENV}}})"},
            "short",
            width=4,
        )


def _scrapes() -> Iterator[Builder[Panel]]:
    yield graph(
        "Scrape errors",
        "Failed scrapes of each service, over five minutes. Healthy is a flat 0.",
        {"{{env}} {{service}}": f"env_service:aether_verticals_scrape_errors:rate5m{{{SERVICE}}}"},
        "cps",
    )
    yield graph(
        "Scrape duration",
        "How long a scrape of each service takes, the mean over five minutes.",
        {"{{env}} {{service}}": f"env_service:aether_verticals_scrape_duration_seconds:mean5m{{{SERVICE}}}"},
        "s",
    )


def _attribution() -> Iterator[Builder[Panel]]:
    written = f"sum by (key) (increase(aether_attribution_writes_total{{{ENV}}}[$__range]))"
    yield bars(
        "Top API keys",
        "The ten keys that wrote most in the time shown.",
        {"{{key}}": f"sort_desc(topk(10, {written}))"},
        "short",
    )
    yield graph(
        "Writes by API key",
        "Writes each second, over five minutes.",
        {"{{env}} {{key}}": f"env_key:aether_attribution_writes:rate5m{{{ENV}}}"},
        "wps",
    )


def _long_range() -> Iterator[Builder[Panel]]:
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
