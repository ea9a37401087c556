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
HOUR, DAY = 3600, 86_400
"""Seconds."""

STATES = {1: ("succeeded", GREEN), 0: ("failed", AMBER)}
BACKUP, DRILL = "the first backup", "the first restore drill"
DEPLOY = "the end of the first deploy"
EMPTY: Mapping[str, str] = {
    **dict.fromkeys(("Last run", "Since the last run", "It took", "Deploys and rollbacks"), DEPLOY),
    **dict.fromkeys(("Time that deploys take", "Age of reports", "Release"), DEPLOY),
    **dict.fromkeys(("Tests that failed", "Tests that were asked"), DEPLOY),
    **dict.fromkeys(("Last backup", "Last good backup", "Last verified", "Beside the largest"), BACKUP),
    **dict.fromkeys(("Last drill", "Last good drill", "Newest sample of the drill", "Recovery took"), DRILL),
    **dict.fromkeys(("Backups and drills", "Time that backups take", "What a backup holds"), BACKUP),
    **dict.fromkeys(("Growth of the repository", "Objects in a backup"), BACKUP),
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
        {"{{env}}": f"min by (env) ({_backup('run_success')})"},
        warns(values, "PipelineBackupFailed"),
    )
    yield figure(
        "Last good backup",
        "How long ago it was made: what has changed since would be lost.",
        {"{{env}}": f"max by (env) (time() - {_backup('success_timestamp_seconds')})"},
        "s",
        warns(values, "PipelineBackupOld", over=values["backup_max_age_hours"] * HOUR),
    )


def _deploy(what: str, **more: str) -> str:
    labels = "".join(f', {name}="{value}"' for name, value in more.items())
    return f"monitoring_deploy_last_run_{what}{{{WHERE}{labels}}}"


def _backup(what: str, task: str = "backup") -> str:
    return f'monitoring_backup_last_{what}{{{WHERE}, task="{task}"}}'


def _drill(what: str) -> str:
    return _backup(what, "restore.drill")


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
    yield from _kept(values)
    yield from _drilled(values)
    yield timeline(
        "Backups and drills",
        "How the last backup, and the last drill of restoring one, ended.",
        {"{{env}} {{instance}} {{task}}": f"monitoring_backup_last_run_success{{{WHERE}}}"},
        STATES,
        warns(values, "PipelineBackupFailed"),
        warns(values, "PipelineDrillFailed"),
    )
    yield graph(
        "Time that backups take",
        "How long each backup and each drill took. A slow rise is growth of what is kept.",
        {"{{env}} {{instance}} {{task}}": f"monitoring_backup_last_run_duration_seconds{{{WHERE}}}"},
        "s",
    )
    yield from _sizes()


def _kept(values: Values) -> Iterator[Builder[Panel]]:
    yield figure(
        "Last verified",
        "How long ago a snapshot was last seen to be whole.",
        {"{{env}}": f"max by (env) (time() - {_backup('verified_timestamp_seconds')})"},
        "s",
        warns(values, "PipelineBackupUnverified", over=values["backup_max_age_hours"] * HOUR),
    )
    size, days = _backup("size_bytes"), values["backup_compared_days"]
    yield figure(
        "Beside the largest",
        f"What the last backup holds, as a share of the largest one of the last {days} days.",
        {"{{env}}": f"min by (env) (100 * {size} / max_over_time({size}[{days}d]))"},
        "percent",
        warns(values, "PipelineBackupShrunk", under=50),
    )


def _drilled(values: Values) -> Iterator[Builder[Panel]]:
    yield verdict(
        "Last drill",
        "Whether the last backup that was restored as a drill came back as it was.",
        {"{{env}}": f"min by (env) ({_drill('run_success')})"},
        warns(values, "PipelineDrillFailed"),
    )
    yield figure(
        "Last good drill",
        "How long ago it was seen that a backup can be brought back.",
        {"{{env}}": f"max by (env) (time() - {_drill('success_timestamp_seconds')})"},
        "s",
        warns(values, "PipelineDrillOld", over=values["drill_max_age_days"] * DAY),
    )
    yield figure(
        "Newest sample of the drill",
        "How old the newest sample is that the last drill brought back.",
        {"{{env}}": f"max by (env) (time() - {_drill('newest_sample_timestamp_seconds')})"},
        "s",
    )
    yield figure(
        "Recovery took",
        "How long the last drill took until the restored stack answered as the backed up one did.",
        {"{{env}}": f"max by (env) ({_drill('recovery_seconds')})"},
        "s",
    )


def _sizes() -> Iterator[Builder[Panel]]:
    yield graph(
        "What a backup holds",
        "Bytes of the last snapshot, before they are compressed and compared with what is there.",
        {"{{env}} {{instance}}": _backup("size_bytes")},
        "bytes",
    )
    yield graph(
        "Growth of the repository",
        "Bytes that the last snapshot has added: what no earlier one had.",
        {"{{env}} {{instance}}": _backup("added_bytes")},
        "bytes",
    )
    yield graph(
        "Objects in a backup",
        "How many the last snapshot holds, by part and kind: samples, silences, dashboards.",
        {"{{env}} {{instance}} {{part}} {{kind}}": _backup("objects")},
        "short",
        width=24,
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
