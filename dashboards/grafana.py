"""Grafana: whether people get to see what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to
from dashboards._limits import warns
from dashboards._panels import figure, firing_now, graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'
NOTHING = f'0 * up{{job="grafana", {WHERE}}}'
"""0 of each Grafana that answers: many of its counters are born with the first event."""


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do people get to see what they ask for?"
    builder = (
        board("grafana", "Grafana", question, alerts="Grafana.+", hours=3)
        .with_variable(choice("env", "Environment", "grafana_build_info"))
        .with_variable(choice("instance", "Grafana", f"grafana_build_info{{{ENV}}}"))
    )
    rows = {
        "At a glance": _glance(values),
        "Requests": _requests(values),
        "Queries to data sources": _queries(values),
        "Alert rules of its own": _alerts(values),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Grafana.+", "Grafana")
    yield figure(
        "Grafanas up",
        "Those that answer when they are scraped.",
        {"{{env}}": f'sum by (env) (up{{job="grafana", {WHERE}}})'},
        "none",
        leads=[to("prometheus", "Prometheus")],
    )
    yield figure(
        "Failed requests",
        "Requests of the last five minutes that ended with an error of the server's.",
        {"{{env}}": f"max by (env) ({_errors()})"},
        "percent",
        warns(values, "GrafanaErrors", over=values["grafana_error_percent"]),
    )
    yield figure(
        "Failed queries",
        "Queries of the last five minutes that failed, of the kind of data source that fails most.",
        {"{{env}}": f"max by (env) ({_failed_queries()} or {NOTHING})"},
        "percent",
        warns(values, "GrafanaQueriesFailing", over=values["grafana_query_error_percent"]),
    )
    yield figure(
        "Slow queries",
        "What the slowest of twenty queries takes at least, of the slowest kind of data source.",
        {"{{env}}": f"max by (env) ({_query_time('plugin_id')} >= 0 or {NOTHING})"},
        "s",
        warns(values, "GrafanaQueriesSlow", over=values["grafana_query_seconds"]),
    )
    yield figure(
        "Requests",
        "Requests that are answered in each second.",
        {"{{env}}": f"sum by (env) (rate({_requested()}[$__rate_interval]))"},
        "reqps",
    )


def _requested(status: str = "") -> str:
    return f"grafana_http_request_duration_seconds_count{{{WHERE}{status}}}"


def _errors() -> str:
    failed, every = (
        f"sum by (env, job, instance) (rate({counter}[5m]))"
        for counter in (_requested(', status_code=~"5.."'), _requested())
    )
    return f"100 * {failed} / {every} or {NOTHING}"


def _failed_queries() -> str:
    failed, every = (
        "sum by (env, job, instance, plugin_id)"
        f' (rate(grafana_plugin_request_total{{{WHERE}, endpoint="queryData"{status}}}[5m]))'
        for status in (', status="error"', "")
    )
    return f"100 * {failed} / {every}"


def _query_time(by: str) -> str:
    bucket = f'grafana_plugin_request_duration_seconds_bucket{{{WHERE}, endpoint="queryData"}}'
    return f"histogram_quantile(0.95, sum by (env, job, instance, {by}, le) (rate({bucket}[5m])))"


def _requests(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Failed requests over time",
        "The part of five minutes' requests that ended with an error of the server's.",
        {"{{instance}}": _errors()},
        "percent",
        warns(values, "GrafanaErrors", over=values["grafana_error_percent"]),
    )
    yield graph(
        "Requests by status",
        "Requests each second. 4xx are the asker's mistakes, 5xx are Grafana's.",
        {"{{status_code}}": f"sum by (env, status_code) (rate({_requested()}[$__rate_interval]))"},
        "reqps",
    )
    bucket = f"grafana_http_request_duration_seconds_bucket{{{WHERE}}}"
    rates = f"sum by (env, instance, le) (rate({bucket}[$__rate_interval]))"
    yield graph(
        "Time to answer",
        "What half of the requests take at most, and what the slowest of twenty takes at least.",
        {
            "{{instance}} half": f"histogram_quantile(0.5, {rates})",
            "{{instance}} slowest of 20": f"histogram_quantile(0.95, {rates})",
        },
        "s",
        width=24,
    )


def _queries(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Failed queries over time",
        "The part of five minutes' queries that failed, by kind of data source: panels stay empty.",
        {"{{plugin_id}}": f"{_failed_queries()} or {NOTHING}"},
        "percent",
        warns(values, "GrafanaQueriesFailing", over=values["grafana_query_error_percent"]),
    )
    yield graph(
        "Query time",
        "What the slowest of twenty queries takes at least, by kind of data source.",
        {"{{plugin_id}}": f"{_query_time('plugin_id')} >= 0 or {NOTHING}"},
        "s",
        warns(values, "GrafanaQueriesSlow", over=values["grafana_query_seconds"]),
    )


def _alerts(values: Values) -> Iterator[Builder[Panel]]:
    failed = f"increase(grafana_alerting_rule_evaluation_failures_total{{{WHERE}}}[5m])"
    yield graph(
        "Failed alert rules",
        "Evaluations in five minutes that failed, of rules made in Grafana; ours are Prometheus' business.",
        {"{{instance}}": f"sum by (env, job, instance) ({failed}) or {NOTHING}"},
        "short",
        warns(values, "GrafanaAlertRulesFailing", over=0),
        width=24,
    )
