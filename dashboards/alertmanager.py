"""Alertmanager and the alerting path: whether whoever must know is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._fixed import WATCHDOG_SILENT
from dashboards._kit import board, choice, finished, to
from dashboards._limits import pages, warns
from dashboards._panels import figure, firing_now, graph, verdict
from dashboards._shared import last_heartbeat

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["EMPTY", "dashboard"]

ALERTS = "Alertmanager.+|Watchdog.+"
ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'

BEAT = "the next notification: a beat comes every 30 s"
EMPTY: Mapping[str, str] = {"Notifications that fail": BEAT, "Time to notify": BEAT}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Does every alert reach whom it is for?"
    builder = (
        board("alertmanager", "Alertmanager", question, alerts=ALERTS, hours=3)
        .with_variable(choice("env", "Environment", "alertmanager_build_info"))
        .with_variable(choice("instance", "Alertmanager", f"alertmanager_build_info{{{ENV}}}"))
    )
    rows = {
        "At a glance": _glance(values),
        "Notifications": _notifications(values),
        "Dead-man switch": _switch(values),
        "Alerts and silences": _alerts(),
        "Memory and cluster": _kept(values),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now(ALERTS, "the alerting path")
    yield last_heartbeat(values)
    yield figure(
        "Notifications failing",
        "Of what was sent in two minutes to the receiver that it fails for most.",
        {"{{env}}": f"max by (env) ({_failing()}) or 0 * max by (env) (alertmanager_build_info{{{WHERE}}})"},
        "percent",
        pages(values, "AlertmanagerNotificationsFailing", over=values["notification_failure_percent"]),
    )
    yield verdict(
        "Configuration",
        "Whether the last reload succeeded; else routes and receivers are those from before it.",
        {"{{env}}": f"min by (env) (alertmanager_config_last_reload_successful{{{WHERE}}})"},
        warns(values, "AlertmanagerConfigReloadFailed"),
    )
    yield figure(
        "Alerts held back",
        "Alerts that are silenced or inhibited: they fire, and nobody is told.",
        {"{{env}}": f'sum by (env) (alertmanager_alerts{{{WHERE}, state="suppressed"}})'},
        "none",
    )
    yield figure(
        "Silences",
        "Silences that hold now.",
        {"{{env}}": f'max by (env) (alertmanager_silences{{{WHERE}, state="active"}})'},
        "none",
    )


def _failing() -> str:
    """Give the percentage of what is sent to each receiver that fails; none where nothing was sent."""
    by = "env, job, instance, integration, receiver_name"
    failed, sent = (
        f"sum by ({by}) (rate(alertmanager_notification_requests_{what}{{{WHERE}}}[2m]))"
        for what in ("failed_total", "total")
    )
    return f"100 * {failed} / ({sent} > 0)"


def _notifications(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Notifications that fail",
        "Of what was sent in two minutes, by kind of receiver. Whoever is told that way alone is not told.",
        {"{{integration}} {{receiver_name}}": _failing()},
        "percent",
        pages(values, "AlertmanagerNotificationsFailing", over=values["notification_failure_percent"]),
    )
    sent = f"rate(alertmanager_notifications_total{{{WHERE}}}[$__rate_interval])"
    yield graph(
        "Notifications sent",
        "Notifications each second, by kind of receiver.",
        {"{{integration}}": f"sum by (env, integration) ({sent})"},
        "cps",
    )
    spent, count = (
        f"sum by (env, integration) (rate(alertmanager_notification_latency_seconds_{part}{{{WHERE}}}"
        "[$__rate_interval]))"
        for part in ("sum", "count")
    )
    yield graph(
        "Time to notify",
        "The mean time that a receiver takes to accept a notification.",
        {"{{integration}}": f"{spent} / ({count} > 0)"},
        "s",
    )
    received = f"rate(alertmanager_alerts_received_total{{{WHERE}}}[$__rate_interval])"
    yield graph(
        "Alerts received",
        "Alerts that Prometheus sends each second, again and again while they fire.",
        {"{{status}}": f"sum by (env, status) ({received})"},
        "cps",
        leads=[to("prometheus", "Prometheus")],
    )


def _switch(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Since the last heartbeat",
        "It falls to 0 with each beat of the always-firing alert. A slope that goes on is a broken path.",
        {"{{env}}": f"time() - watchdog_last_beat_timestamp_seconds{{{ENV}}}"},
        "s",
        pages(values, "WatchdogSilent", over=WATCHDOG_SILENT),
    )
    yield graph(
        "Heartbeats not passed on",
        "Beats of the last two minutes that the outside service did not take.",
        {"{{env}}": f"sum by (env) (increase(watchdog_forward_failures_total{{{ENV}}}[2m]))"},
        "short",
        warns(values, "WatchdogForwardFailing", over=0),
    )


def _alerts() -> Iterator[Builder[Panel]]:
    yield graph(
        "Alerts",
        "What Alertmanager holds: told, held back by a silence or another alert, or not looked at yet.",
        {"{{state}}": f"sum by (env, state) (alertmanager_alerts{{{WHERE}}})"},
        "none",
    )
    yield graph(
        "Silences by state",
        "Silences that hold, are still to come, or have ended.",
        {"{{state}}": f"max by (env, state) (alertmanager_silences{{{WHERE}}})"},
        "none",
    )


def _kept(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "State not kept",
        "Failed writes in five minutes of what must outlive a restart: silences, and what was told.",
        {
            "{{instance}} silences": _lost("silences"),
            "{{instance}} what was told": _lost("nflog"),
        },
        "short",
        warns(values, "AlertmanagerStateNotKept", over=0),
    )
    alone = f"alertmanager_build_info{{{WHERE}}}"
    yield graph(
        "Cluster",
        "How many members of its cluster each sees; 1 where it stands alone. All must see all.",
        {"{{instance}}": f"alertmanager_cluster_members{{{WHERE}}} or on (env, job, instance) {alone}"},
        "none",
        warns(values, "AlertmanagerClusterIncomplete"),
    )


def _lost(log: str) -> str:
    return f"increase(alertmanager_{log}_maintenance_errors_total{{{WHERE}}}[5m])"
