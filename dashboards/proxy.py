"""The one door from outside: what comes in by it, who is turned away, and what fails behind it."""

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
TURNED_AWAY = f'increase(monitoring_gate_requests_total{{{WHERE}, outcome="limited"}}[5m])'
OUTSIDE = f'{WHERE}, server="entrance"'
COUNT = "caddy_http_request_duration_seconds_count"

EMPTY: Mapping[str, str] = {}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do those outside get in who may, and nobody else?"
    builder = board("proxy", "Proxy and gate", question, alerts="(Proxy|Gate).+", hours=3).with_variable(
        choice("env", "Environment", "caddy_config_last_reload_successful")
    )
    rows = {
        "At a glance": _glance(values),
        "From outside": _outside(values),
        "At the gate": _gate(),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("(Proxy|Gate).+", "proxy and gate")
    yield verdict(
        "Configuration",
        "Whether the proxy took its configuration when it last read it.",
        {"{{env}}": f"min by (env) (caddy_config_last_reload_successful{{{WHERE}}})"},
        warns(values, "ProxyConfigReloadFailed"),
    )
    yield figure(
        "Logins turned away",
        "Logins that were not even looked at within five minutes, since there had been too many wrong ones.",
        {"{{env}}": f"sum by (env) ({TURNED_AWAY})"},
        "none",
        warns(values, "GateLoginsLimited", over=0),
    )
    yield figure(
        "Requests in flight",
        "Requests that are being answered.",
        {"{{env}}": f"sum by (env) (caddy_http_requests_in_flight{{{OUTSIDE}}})"},
        "none",
        width=12,
    )


def _outside(values: Values) -> Iterator[Builder[Panel]]:
    errors = f'rate({COUNT}{{{OUTSIDE}, code=~"5.."}}[5m])'
    whole = f"rate({COUNT}{{{OUTSIDE}}}[5m])"
    yield graph(
        "Requests",
        "Requests from outside a second, by the answer's status.",
        {"{{code}}": f"sum by (env, code) (rate({COUNT}{{{OUTSIDE}}}[$__rate_interval]))"},
        "reqps",
    )
    by = "sum by (env, instance)"
    yield graph(
        "Errors",
        "The part of all answers that were the fault of this side.",
        {"{{instance}}": f"100 * ({by} ({errors}) or 0 * {by} ({whole})) / {by} ({whole})"},
        "percent",
        warns(values, "ProxyErrors", over=values["proxy_error_percent"]),
    )


def _gate() -> Iterator[Builder[Panel]]:
    yield graph(
        "Requests at the gate",
        "What became of those who asked to come in, a second.",
        {
            "{{outcome}}": "sum by (env, outcome) "
            f"(rate(monitoring_gate_requests_total{{{WHERE}}}[$__rate_interval]))"
        },
        "reqps",
        width=24,
    )
