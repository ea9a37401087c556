"""Our own pipelines: deploys, rollbacks and backups, as their runs report them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to
from dashboards._limits import AMBER, GREEN, warns
from dashboards._panels import figure, firing_now, graph, listing, timeline, verdict

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["EMPTY", "dashboard"]

ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'
HOUR = 3600
"""Seconds."""

STATES = {1: ("succeeded", GREEN), 0: ("failed", AMBER)}
BACKUP = "the first backup"
DEPLOY = "the end of the first deploy"
EMPTY: Mapping[str, str] = {
    **dict.fromkeys(("Last run", "Since the last run", "It took", "Deploys and rollbacks"), DEPLOY),
    **dict.fromkeys(("Time that deploys take", "Age of reports", "Release"), DEPLOY),
    **dict.fromkeys(("Tests that failed", "Tests that were asked"), DEPLOY),
    "Last good backup": BACKUP,
    "Last backup": BACKUP,
    "Backups": BACKUP,
    "Time that backups take": BACKUP,
}


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do deploys and backups succeed, and what is live?"
    builder = (
        board("pipeline", "Pipelines", question, alerts="Pipeline.+", hours=24)
        .with_variable(choice("env", "Environment", "monitoring_deploy_last_run_success"))
        .with_variable(choice("instance", "Machine", f"monitoring_deploy_last_run_success{{{ENV}}}"))
    )
    rows = {
        "At a glance": _glance(values),
        "Deploys": _deploys(values),
        "Tests": _tests(values),
        "Backups": _backups(values),
        "Reports": _reports(values),
    }
    return finished(builder, rows)


def _glance(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Pipeline.+", "pipelines")
    yield verdict(
        "Last run",
        "Whether the last deploy or rollback succeeded; else what is live is the release before it.",
        {"{{env}} {{task}}": f"min by (env, task) (monitoring_deploy_last_run_success{{{WHERE}}})"},
        warns(values, "PipelineDeployFailed"),
    )
    yield figure(
        "Since the last run",
        "How long ago the last deploy or rollback ended.",
        {"{{env}} {{task}}": f"time() - max by (env, task) ({_deploy('timestamp_seconds')})"},
        "s",
    )
    yield figure(
        "It took",
        "How long the last deploy or rollback took, its proof with it.",
        {"{{env}} {{task}}": f"max by (env, task) ({_deploy('duration_seconds')})"},
        "s",
    )
    yield verdict(
        "Last backup",
        "Whether the last backup succeeded.",
        {"{{env}} {{task}}": f"min by (env, task) (monitoring_backup_last_run_success{{{WHERE}}})"},
        warns(values, "PipelineBackupFailed"),
    )
    yield figure(
        "Last good backup",
        "How long ago it was made: what has changed since would be lost.",
        {"{{env}} {{task}}": f"max by (env, task) ({_backup_age()})"},
        "s",
        warns(values, "PipelineBackupOld", over=values["backup_max_age_hours"] * HOUR),
    )


def _deploy(what: str, **more: str) -> str:
    labels = "".join(f', {name}="{value}"' for name, value in more.items())
    return f"monitoring_deploy_last_run_{what}{{{WHERE}{labels}}}"


def _backup_age() -> str:
    return f"time() - monitoring_backup_last_success_timestamp_seconds{{{WHERE}}}"


def _deploys(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Deploys and rollbacks",
        "How the last run ended. Marks on every graph tell when each one did.",
        {"{{env}} {{instance}} {{task}}": _deploy("success")},
        STATES,
        warns(values, "PipelineDeployFailed"),
    )
    yield graph(
        "Time that deploys take",
        "How long each deploy or rollback took, its proof with it.",
        {"{{env}} {{instance}} {{task}}": _deploy("duration_seconds")},
        "s",
    )
    yield listing(
        "Release",
        "What the last run was about, in each place; `invoke releases` has those before it.",
        f"monitoring_deploy_release_info{{{WHERE}}}",
        ("env", "instance", "release"),
        width=24,
    )


def _tests(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Tests that failed",
        "Checks, probes and rule tests of the last deploy or rollback that failed. One is enough to stop it.",
        {"{{env}} {{instance}} {{task}} {{kind}}": _deploy("tests", outcome="failed")},
        "none",
        warns(values, "PipelineDeployFailed", over=0),
    )
    yield graph(
        "Tests that were asked",
        "How many there were. A run that changes nothing asks few probes, and no rule test a second time.",
        {"{{env}} {{instance}} {{task}} {{kind}}": f"sum without (outcome) ({_deploy('tests')})"},
        "none",
    )


def _backups(values: Values) -> Iterator[Builder[Panel]]:
    yield timeline(
        "Backups",
        "How the last backup of each kind ended.",
        {"{{env}} {{instance}} {{task}}": f"monitoring_backup_last_run_success{{{WHERE}}}"},
        STATES,
        warns(values, "PipelineBackupFailed"),
    )
    yield graph(
        "Time that backups take",
        "How long each backup took. A slow rise is growth of what is kept.",
        {"{{env}} {{instance}} {{task}}": f"monitoring_backup_last_run_duration_seconds{{{WHERE}}}"},
        "s",
    )


def _reports(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Age of reports",
        "How long ago each file of reports was written.",
        {"{{instance}} {{file}}": f"time() - node_textfile_mtime_seconds{{{WHERE}}}"},
        "s",
        warns(values, "PipelineMetricsMissing"),
    )
    yield graph(
        "Reports not read",
        "1 where a file of reports is broken, so that failures would not be seen.",
        {"{{instance}}": f"node_textfile_scrape_error{{{WHERE}}}"},
        "none",
        warns(values, "NodeTextfileBroken", over=0),
        leads=[to("node", "Machines", "instance")],
    )
