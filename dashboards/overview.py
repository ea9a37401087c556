"""The whole stack at a glance: what is up, what fires, how the machine and the alerting path are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import annotated, board, choice, finished, link
from dashboards._panels import AMBER, GREEN, RED, figure, graph, levels, listing, timeline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

FIRING = 'ALERTS{alertstate="firing", severity!="none", env=~"$env"}'
"""Without the watchdog, which always fires."""

FLEET = "/d/vertical-fleet-health?${env:queryparam}"
WHERE = 'env=~"$env", instance=~"$instance"'


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    del values
    builder = (
        board("overview", "Overview", "The monitoring stack and its machines at a glance.", hours=1)
        .with_variable(choice("env", "Environment", "label_values(up, env)"))
        .with_variable(
            choice("instance", "Machine", 'label_values(node_boot_time_seconds{env=~"$env"}, instance)')
        )
        .annotation(annotated(FIRING))
    )
    rows = {
        "At a glance": (*_glance(), *_load()),
        "Services": _services(),
        "Machines": _machines(),
        "Alerting path": _alerting(),
    }
    return finished(builder, rows)


def _glance() -> Iterator[Builder[Panel]]:
    yield figure(
        "Targets down",
        "Scrape targets that do not answer. Anything but 0 means that something is unseen.",
        {"down": 'count(up{env=~"$env"} == 0) or vector(0)'},
        "none",
        red=1,
        width=4,
    )
    yield figure(
        "Alerts firing",
        "Alerts that fire now, the watchdog left out. The table below names them.",
        {"firing": f"count({FIRING}) or vector(0)"},
        "none",
        red=1,
        width=4,
    ).links([link("Vertical Fleet Health", FLEET)])
    yield figure(
        "Last heartbeat",
        "How long ago the always-firing alert came through. It does every 30 s; above 90 s nobody is told.",
        {"age": 'time() - max(watchdog_last_beat_timestamp_seconds{env=~"$env"})'},
        "s",
        width=4,
    ).thresholds(levels({60: AMBER, 90: RED}))


def _load() -> Iterator[Builder[Panel]]:
    yield figure(
        "Resources down",
        "Declared resources whose last check failed.",
        {"down": 'count(resource_up{env=~"$env"} == 0) or vector(0)'},
        "none",
        red=1,
        width=4,
    )
    yield figure(
        "Series",
        "Series in Prometheus' memory. A jump means that a target or a label grew.",
        {"series": 'sum(prometheus_tsdb_head_series{env=~"$env"})'},
        "short",
        width=4,
    )
    yield figure(
        "Samples",
        "Samples that Prometheus takes in each second.",
        {"samples": 'sum(rate(prometheus_tsdb_head_samples_appended_total{env=~"$env"}[$__rate_interval]))'},
        "cps",
        width=4,
    )


def _services() -> Iterator[Builder[Panel]]:
    yield timeline(
        "Services up",
        "Each scrape job over time: down while any of its targets does not answer.",
        {"{{job}}": 'min by (job) (up{env=~"$env"})'},
        {1: ("up", GREEN), 0: ("down", RED)},
    )
    yield listing(
        "Firing alerts",
        "What fires now, and where. Each alert's runbook lies in docs/runbooks under the alert's name.",
        FIRING,
        ("alertname", "severity", "env", "service", "job", "instance"),
    ).links([link("Vertical Fleet Health", FLEET)])
    yield graph(
        "Scrape duration",
        "The slowest target of each job. Close to the scrape timeout, samples will be lost.",
        {"{{job}}": 'max by (job) (scrape_duration_seconds{env=~"$env"})'},
        "s",
    )
    yield graph(
        "Samples per scrape",
        "How many samples each job sends. Steady growth is a label that grows without end.",
        {"{{job}}": 'sum by (job) (scrape_samples_scraped{env=~"$env"})'},
        "short",
    )


def _machines() -> Iterator[Builder[Panel]]:
    yield graph(
        "Processor",
        "How busy the processors are, over five minutes.",
        {"{{instance}}": f"instance:node_cpu_busy:percent5m{{{WHERE}}}"},
        "percent",
    )
    yield graph(
        "Memory",
        "Memory that is in use and cannot be given back.",
        {"{{instance}}": f"instance:node_memory_used:percent{{{WHERE}}}"},
        "percent",
    )
    yield graph(
        "Disk space free",
        "Free space of each file system that can fill up.",
        {"{{instance}} {{mountpoint}}": f"instance_mountpoint:node_filesystem_free:percent{{{WHERE}}}"},
        "percent",
    )
    received, sent = (
        f'sum by (instance) (rate(node_network_{way}_bytes_total{{{WHERE}, device!="lo"}}[$__rate_interval]))'
        for way in ("receive", "transmit")
    )
    yield graph(
        "Network",
        "Traffic of all interfaces but the loopback.",
        {"{{instance}} received": received, "{{instance}} sent": sent},
        "Bps",
    )


def _alerting() -> Iterator[Builder[Panel]]:
    sent, failed = (
        f'sum by (integration) (increase({metric}{{env=~"$env"}}[5m])) > 0'
        for metric in ("alertmanager_notifications_total", "alertmanager_notifications_failed_total")
    )
    yield graph(
        "Notifications",
        "Sent in five minutes, by kind of receiver. A line named `failed`: somebody is not told.",
        {"{{integration}}": sent, "{{integration}} failed": failed},
        "short",
    )
    yield graph(
        "Rule evaluation",
        "How long the last evaluation of all rule groups took. An alert cannot be quicker than its group.",
        {"duration": 'sum(prometheus_rule_group_last_duration_seconds{env=~"$env"})'},
        "s",
    )
