"""Pages as their users see them: whether they answer, how quickly, and how long their certificates last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to_one
from dashboards._limits import GREEN, RED, pages, warns
from dashboards._panels import figure, firing_now, graph, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values
    from dashboards._limits import Limit

__all__ = ["EMPTY", "dashboard"]

ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'
DAY = 86400
"""Seconds."""

EMPTY: Mapping[str, str] = {
    "First certificate to expire": "the first page behind TLS that is probed",
    "Certificates": "the first page behind TLS that is probed",
}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do the pages answer their users, and quickly?"
    builder = (
        board("blackbox", "Pages from outside", question, alerts="Blackbox.+", hours=3)
        .with_variable(choice("env", "Environment", "probe_success"))
        .with_variable(choice("instance", "Page", f"probe_success{{{ENV}}}"))
    )
    rows = {"At a glance": _glance(values), "Pages": _pages(values), "Answers": _answers(values)}
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Blackbox.+", "pages")
    yield figure(
        "Pages down",
        "Pages that do not answer as they should. Their users see the same.",
        {"{{env}}": f"sum by (env) (probe_success{{{WHERE}}} == bool 0)"},
        "none",
        pages(values, "BlackboxProbeFailed", over=0),
    )
    yield figure(
        "Pages",
        "Pages that are probed.",
        {"{{env}}": f"count by (env) (probe_success{{{WHERE}}})"},
        "none",
    )
    yield figure(
        "Slowest page",
        "What the slowest page takes to answer, on average over five minutes.",
        {"{{env}}": f"max by (env) (avg_over_time(probe_duration_seconds{{{WHERE}}}[5m]))"},
        "s",
        warns(values, "BlackboxProbeSlow", over=values["probe_slow_seconds"]),
    )
    yield figure(
        "First certificate to expire",
        "How long the certificate lasts that ends first.",
        {"{{env}}": f"min by (env) ({_left()})"},
        "s",
        *_expiring(values),
        width=8,
    )


def _left() -> str:
    return f"last_over_time(probe_ssl_earliest_cert_expiry{{{WHERE}}}[1h]) - time()"


def _expiring(values: Values) -> tuple[Limit, Limit]:
    return (
        pages(values, "BlackboxCertExpires", under=values["cert_days_page"] * DAY),
        warns(values, "BlackboxCertExpiresSoon", under=values["cert_days_warning"] * DAY),
    )


def _pages(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Up or down",
        "Whether each page answers as it should.",
        {"{{instance}}": f"probe_success{{{WHERE}}}"},
        {1: ("up", GREEN), 0: ("down", RED)},
        pages(values, "BlackboxProbeFailed"),
    )
    yield graph(
        "Time to answer",
        "What each page takes to answer, on average over five minutes.",
        {"{{instance}}": f"avg_over_time(probe_duration_seconds{{{WHERE}}}[5m])"},
        "s",
        warns(values, "BlackboxProbeSlow", over=values["probe_slow_seconds"]),
        each=[to_one("blackbox", "This page", "instance")],
    )


def _answers(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Status codes",
        "The HTTP status with which each page answers; 0 where it does not answer at all.",
        {"{{instance}}": f"probe_http_status_code{{{WHERE}}}"},
        "none",
    )
    yield graph(
        "Phases of an answer",
        "Where the time goes, the mean of all pages chosen: looking up, connecting, TLS, working, sending.",
        {"{{phase}}": f"avg by (env, phase) (probe_http_duration_seconds{{{WHERE}}})"},
        "s",
    )
    yield graph(
        "Certificates",
        "How long the certificate of each page lasts, or that of its chain which ends first.",
        {"{{instance}}": _left()},
        "s",
        *_expiring(values),
        width=24,
    )
