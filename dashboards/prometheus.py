"""Prometheus itself: its targets, its rules, whom it tells, what it stores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to
from dashboards._limits import AMBER, GREEN, pages, warns
from dashboards._panels import figure, firing_now, graph, timeline, verdict
from dashboards._shared import targets_down

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ALERTS = "Prometheus.+|Target.+"
ENV = 'env=~"$env"'
WHERE = 'job="prometheus", env=~"$env", instance=~"$instance"'


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Does Prometheus see its targets, evaluate its rules, and reach whom it must tell?"
    builder = (
        board("prometheus", "Prometheus", question, alerts=ALERTS, hours=3)
        .with_variable(choice("env", "Environment", "prometheus_build_info"))
        .with_variable(choice("instance", "Prometheus", f"prometheus_build_info{{{ENV}}}"))
    )
    rows = {
        "At a glance": _glance(values),
        "Targets": (*_targets(values), _files(values)),
        "Rules": _rules(values),
        "Delivery": _delivery(values),
        "Storage": _storage(values),
        "Itself": _itself(),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now(ALERTS, "Prometheus and its targets")
    yield targets_down(values)
    yield verdict(
        "Configuration",
        "Whether the last reload succeeded; else an old configuration is live, or a mixture.",
        {"{{env}}": f"min by (env) (prometheus_config_last_reload_successful{{{WHERE}}})"},
        warns(values, "PrometheusConfigReloadFailed"),
    )
    yield figure(
        "Alertmanagers",
        "Alertmanagers that Prometheus knows. Without one nobody is told.",
        {"{{env}}": f"min by (env) (prometheus_notifications_alertmanagers_discovered{{{WHERE}}})"},
        "none",
        pages(values, "PrometheusWithoutAlertmanager", under=1),
        leads=[to("alertmanager", "Alertmanager")],
    )
    yield figure(
        "Series",
        "Series in memory. A jump means that a target or a label grew.",
        {"{{env}}": f"sum by (env) (prometheus_tsdb_head_series{{{WHERE}}})"},
        "short",
    )
    appended = f"rate(prometheus_tsdb_head_samples_appended_total{{{WHERE}}}[$__rate_interval])"
    yield figure(
        "Samples",
        "Samples taken in each second.",
        {"{{env}}": f"sum by (env) ({appended})"},
        "cps",
    )


def _targets(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Jobs up",
        "Each scrape job over time: down while any of its targets does not answer.",
        {"{{env}} {{job}}": f"min by (env, job) (up{{{ENV}}})"},
        {1: ("up", GREEN), 0: ("down", AMBER)},
        warns(values, "TargetDown"),
    )
    yield graph(
        "Scrape duration",
        "The slowest target of each job. Close to the scrape timeout, samples will be lost.",
        {"{{job}}": f"max by (env, job) (scrape_duration_seconds{{{ENV}}})"},
        "s",
    )
    yield graph(
        "Samples per scrape",
        "How many samples each job sends. Steady growth is a label that grows without end.",
        {"{{job}}": f"sum by (env, job) (scrape_samples_scraped{{{ENV}}})"},
        "short",
        width=8,
    )
    yield graph(
        "Samples rejected",
        "Samples of the last five minutes that were thrown away, by what was wrong with them.",
        {
            what: _sum(f"increase(prometheus_target_scrapes_{name}_total{{{WHERE}}}[5m])")
            for what, name in (
                ("repeated", "sample_duplicate_timestamp"),
                ("back in time", "sample_out_of_order"),
                ("target over its limit", "exceeded_sample_limit"),
            )
        },
        "short",
        warns(values, "PrometheusSamplesRejected", over=0),
        width=8,
    )


def _files(values: Values) -> Builder[Panel]:
    return graph(
        "Files of targets",
        "Reads of the last six minutes that failed: the targets stay those that the file had before.",
        {"{{instance}}": _sum(f"increase(prometheus_sd_file_read_errors_total{{{WHERE}}}[6m])")},
        "short",
        warns(values, "PrometheusTargetFilesBroken", over=0),
        width=8,
    )


def _rules(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Rule failures",
        "Evaluations of the last five minutes that failed, by rule group: its alerts cannot fire.",
        {"{{rule_group}}": f"topk(5, {_grown('prometheus_rule_evaluation_failures_total')})"},
        "short",
        pages(values, "PrometheusRuleEvaluationFailures", over=0),
    )
    yield graph(
        "Rule evaluations missed",
        "Evaluations of the last five minutes that were skipped, since the one before took too long.",
        {"{{rule_group}}": f"topk(5, {_grown('prometheus_rule_group_iterations_missed_total')})"},
        "short",
        warns(values, "PrometheusRuleGroupLate", over=0),
    )
    busy = (
        f"100 * prometheus_rule_group_last_duration_seconds{{{WHERE}}}"
        f" / prometheus_rule_group_interval_seconds{{{WHERE}}}"
    )
    yield graph(
        "Slowest rule groups",
        "The part of its interval that a group needs to be evaluated, the five highest. At 100 it skips one.",
        {"{{rule_group}}": f"topk(5, {busy})"},
        "percent",
    )
    yield graph(
        "Rule evaluation",
        "How long the last evaluation of all rule groups took. An alert cannot be quicker than its group.",
        {"{{instance}}": _sum(f"prometheus_rule_group_last_duration_seconds{{{WHERE}}}")},
        "s",
    )


def _delivery(values: Values) -> Iterator[Builder[Panel]]:
    lost = {
        "refused": _sum(f"increase(prometheus_notifications_errors_total{{{WHERE}}}[2m])"),
        "dropped": _sum(f"increase(prometheus_notifications_dropped_total{{{WHERE}}}[2m])"),
    }
    yield graph(
        "Alerts lost",
        "Alerts of the last two minutes that Alertmanager refused, or that were dropped from the queue.",
        lost,
        "short",
        pages(values, "PrometheusNotificationsLost", over=0),
    )
    yield graph(
        "Alerts sent",
        "Alerts sent to Alertmanagers, those that end among them, and those that wait to be sent.",
        {
            "{{instance}} sent a second": _sum(
                f"rate(prometheus_notifications_sent_total{{{WHERE}}}[$__rate_interval])"
            ),
            "{{instance}} waiting": _sum(f"prometheus_notifications_queue_length{{{WHERE}}}"),
        },
        "short",
        leads=[to("alertmanager", "Alertmanager")],
    )


def _storage(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Storage failures",
        "Compactions that failed in the last three hours, and damage of the write-ahead log.",
        {
            "compactions failed": _sum(f"increase(prometheus_tsdb_compactions_failed_total{{{WHERE}}}[3h])"),
            "log damaged": _sum(f"prometheus_tsdb_wal_corruptions_total{{{WHERE}}}"),
        },
        "short",
        pages(values, "PrometheusStorageFailing", over=0),
    )
    yield graph(
        "Space",
        "What is kept on disk: blocks of two hours and more, and the log of what is newer.",
        {
            "{{instance}} blocks": f"prometheus_tsdb_storage_blocks_bytes{{{WHERE}}}",
            "{{instance}} log": f"prometheus_tsdb_wal_storage_size_bytes{{{WHERE}}}",
        },
        "bytes",
    )


def _itself() -> Iterator[Builder[Panel]]:
    yield graph(
        "Memory of Prometheus",
        "Its resident memory. It follows the number of series.",
        {"{{instance}}": f"process_resident_memory_bytes{{{WHERE}}}"},
        "bytes",
    )
    spent, count = (
        _sum(
            f'rate(prometheus_engine_query_duration_seconds_{part}{{{WHERE}, slice="inner_eval"}}'
            "[$__rate_interval])"
        )
        for part in ("sum", "count")
    )
    yield graph(
        "Query time",
        "The mean time that a query takes to be evaluated, those of rules among them.",
        {"{{instance}}": f"{spent} / {count}"},
        "s",
    )


def _sum(expression: str) -> str:
    return f"sum by (env, instance) ({expression})"


def _grown(counter: str) -> str:
    return f"sum by (env, instance, rule_group) (increase({counter}{{{WHERE}}}[5m]))"
