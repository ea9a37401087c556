"""The whole stack at a glance: what fires, what is up, how the machines are; everything leads on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._fixed import BURN_RATES
from dashboards._kit import board, choice, finished, firing, to, to_one
from dashboards._limits import AMBER, GREEN, RED, pages, warns
from dashboards._panels import alert_list, figure, firing_now, graph, others, timeline, verdict
from dashboards._shared import last_heartbeat, targets_down

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["EMPTY", "dashboard"]

ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'

EMPTY: Mapping[str, str] = {
    "Firing alerts": "an alert that fires: that of a target that is down, for one",
    "Last deploy": "the end of the first deploy",
}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    builder = (
        board("overview", "Overview", "Is everything well, and if not, where?", alerts=".+", hours=1)
        .with_variable(choice("env", "Environment", "up"))
        .with_variable(choice("instance", "Machine", f"node_boot_time_seconds{{{ENV}}}"))
    )
    rows = {
        "At a glance": (*_glance(values), *_changes(values)),
        "What is wrong": (alert_list(values, firing(".+")), others()),
        "Services": _services(values),
        "Machines": _machines(values),
        "Growth": _growth(),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now(".+", "anything", to("alertmanager", "Alertmanager"))
    yield targets_down(values, to("prometheus", "Prometheus"))
    yield last_heartbeat(values, to("alertmanager", "Alertmanager"))


def _changes(values: Values) -> Iterator[Builder[Panel]]:
    yield figure(
        "Resources down",
        "Declared resources whose last check failed.",
        {"{{env}}": f"sum by (env) (resource_up{{{ENV}}} == bool 0) or 0 * max by (env) (up{{{ENV}}})"},
        "none",
        pages(values, "ResourceDown", over=0),
    )
    yield figure(
        "Pages down",
        "Pages that do not answer as they should when they are asked from outside.",
        {"{{env}}": f"sum by (env) (probe_success{{{ENV}}} == bool 0) or 0 * max by (env) (up{{{ENV}}})"},
        "none",
        pages(values, "BlackboxProbeFailed", over=0),
        leads=[to("blackbox", "Pages from outside")],
    )
    yield verdict(
        "Last deploy",
        "Whether the last deploy or rollback succeeded.",
        {"{{env}}": f"min by (env) (monitoring_deploy_last_run_success{{{ENV}}})"},
        warns(values, "PipelineDeployFailed"),
        leads=[to("pipeline", "Pipelines")],
    )


def _services(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Services up",
        "Each scrape job over time: down while any of its targets does not answer.",
        {"{{env}} {{job}}": f"min by (env, job) (up{{{ENV}}})"},
        {1: ("up", GREEN), 0: ("down", AMBER)},
        warns(values, "TargetDown"),
    )
    yield timeline(
        "Pages up",
        "Whether each page answers as it should when it is asked from outside.",
        {"{{env}} {{instance}}": f"min by (env, instance) (probe_success{{{ENV}}})"},
        {1: ("up", GREEN), 0: ("down", RED)},
        pages(values, "BlackboxProbeFailed"),
    )
    yield graph(
        "Vertical services down",
        "Services that the command center cannot reach, in each of its environments.",
        {"{{env}}": f"sum by (env) (aether_service_up{{{ENV}}} == bool 0)"},
        "none",
        warns(values, "AetherlinkVerticalServiceDown", over=0),
        leads=[to("vertical-fleet-health", "Vertical Fleet Health")],
    )
    may_fail = "1 - max by (slo) (slo:objective:ratio)"
    yield graph(
        "Error budgets burn",
        "How fast, over an hour: at 1 what may fail in a month is used up in just a month.",
        {"{{env}} {{slo}}": f"slo:error:ratio_rate1h{{{ENV}}} / on (slo) group_left () ({may_fail})"},
        "short",
        pages(values, "SloBudgetGoneIn2Days", over=BURN_RATES["1h"]),
        leads=[to("slo", "Objectives")],
    )


def _machines(values: Values) -> Iterator[Builder[Panel]]:
    leads, each = [to("node", "Machines", "instance")], [to_one("node", "This machine", "instance")]
    yield graph(
        "Processor",
        "How busy the processors are, over five minutes.",
        {"{{instance}}": f"instance:node_cpu_busy:percent5m{{{WHERE}}}"},
        "percent",
        warns(values, "NodeCpuHigh", over=values["cpu_percent"]),
        leads=leads,
        each=each,
    )
    yield graph(
        "Memory",
        "Memory that is in use and cannot be given back.",
        {"{{instance}}": f"instance:node_memory_used:percent{{{WHERE}}}"},
        "percent",
        warns(values, "NodeMemoryHigh", over=values["memory_percent"]),
        leads=leads,
        each=each,
    )
    free = f"instance_mountpoint:node_filesystem_free:percent{{{WHERE}}}"
    yield graph(
        "Least disk space",
        "Free space of the fullest file system of each machine.",
        {"{{instance}}": f"min by (env, instance) ({free})"},
        "percent",
        pages(values, "NodeDiskLow", under=values["disk_free_percent"]),
        leads=leads,
        each=each,
    )
    yield graph(
        "Network",
        "Traffic of all interfaces but the loopback.",
        {"{{instance}} received": _traffic("receive"), "{{instance}} sent": _traffic("transmit")},
        "Bps",
        leads=leads,
        each=each,
    )


def _traffic(way: str) -> str:
    counter = f'node_network_{way}_bytes_total{{{WHERE}, device!="lo"}}'
    return f"sum by (env, instance) (rate({counter}[$__rate_interval]))"


def _growth() -> Iterator[Builder[Panel]]:
    leads = [to("prometheus", "Prometheus")]
    yield graph(
        "Series",
        "Series in Prometheus' memory. A jump means that a target or a label grew.",
        {"{{env}}": f"sum by (env) (prometheus_tsdb_head_series{{{ENV}}})"},
        "short",
        leads=leads,
    )
    appended = f"rate(prometheus_tsdb_head_samples_appended_total{{{ENV}}}[$__rate_interval])"
    yield graph(
        "Samples",
        "Samples that Prometheus takes in each second.",
        {"{{env}}": f"sum by (env) ({appended})"},
        "cps",
        leads=leads,
    )
