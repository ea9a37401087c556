"""Have backups made and drilled by the clock."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option
from stack.clients.job import Job
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipelines.commands.backup._clocks import Clock
    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

USUAL = {"at": "*-*-* 02:17:00", "drill_at": "Sun *-*-* 04:43:00"}

OPTIONS = (
    Option("action", "install, remove or show; install where it is not given", positional=True),
    Option("at", "when to back up: OnCalendar of systemd, else five fields of cron", default=USUAL["at"]),
    Option("drill_at", "when to drill a restore, in the same words", default=USUAL["drill_at"]),
)

KEPT = (
    "MONITORING_VAR",
    "MONITORING_AGE_KEY_FILE",
    "DOCKER_HOST",
    "DOCKER_CONTEXT",
    "DOCKER_CERT_PATH",
    "DOCKER_TLS_VERIFY",
)
"""Variables without which a job would be about another stack; each says where something is, and no secret."""

PATHS = ("MONITORING_VAR", "MONITORING_AGE_KEY_FILE", "DOCKER_CERT_PATH")

HEADS = ("JOB", "STATE", "NEXT", "LAST", "BY")


def run(effects: Effects) -> int:
    """Install, remove or show the two jobs, by systemd's timers, cron, or a service of the stack."""
    from pipelines.commands.backup._carried import is_carried
    from pipelines.commands.backup._clocks import clock

    action = effects.options.text("action") or "install"
    if action not in ACTIONS:
        raise Refused(message=f"backup.schedule takes `install`, `remove` or `show`, not '{action}'")
    jobs, found = _jobs(effects), clock(effects.options.environment)
    if is_carried(effects):
        CARRIED[action](jobs, found, effects)
        return 0
    if found is None:
        backup, drill = jobs
        hint = f"have its own clock run each day: {backup.line}; and each week: {drill.line}"
        raise Refused(message="this machine has neither systemd nor cron", hint=hint)
    ACTIONS[action](jobs, found, effects)
    return 0


def _jobs(effects: Effects) -> tuple[Job, Job]:
    name, options = effects.options.environment, effects.options
    sites = (word for site in options.sites for word in ("--site", str(site)))
    settings = (word for setting in options.overrides for word in ("--set", setting))
    common = ("--env", name, *sites, *settings)
    # By the shell: systemd takes no program whose path holds a quotation mark.
    program, variables = ("/bin/sh", str(effects.root / "run"), "invoke"), dict(_variables())
    backup = (*program, "backup", *common)
    drill = (*program, "restore.drill", *common)
    said, drilled = (
        f"Backup of the monitoring stack, {name}",
        f"Restore drill of the monitoring stack, {name}",
    )
    return (
        Job(f"backup-monitoring-{name}", said, options.text("at"), backup, variables),
        Job(f"drill-monitoring-{name}", drilled, options.text("drill_at"), drill, variables),
    )


def _variables() -> Iterator[tuple[str, str]]:
    """Yield the variables as they are given now; a path that rests on this folder is made whole."""
    for name in KEPT:
        if value := os.environ.get(name):
            yield name, str(Path(value).resolve()) if name in PATHS else value


def _install(jobs: Sequence[Job], found: Clock, effects: Effects) -> None:
    options = effects.options
    environment = options.load().environment
    timed = [replace(job, at=found.moments(job.at)) for job in jobs]
    for name in sorted(environment.backup.secrets & environment.secrets.keys()):
        if environment.secrets[name].startswith("env:"):
            effects.console.item("!", f"secret {name} comes from a variable, which the clock's runs lack")
    by = found.install(timed)
    effects.console.result({"by": by, "jobs": {job.name: job.at for job in timed}})
    backup, drill = timed
    effects.console.end(
        f"{options.environment} is backed up at `{backup.at}`, a restore drilled at `{drill.at}`, by {by}; "
        f"next: invoke backup.schedule show --env {options.environment}"
    )


def _install_carried(jobs: Sequence[Job], found: Clock | None, effects: Effects) -> None:
    """Install nothing: say when the stack's own service goes off next."""
    from pipelines.commands.backup import _carried

    _carried.refuse_moments(effects, USUAL)
    rows = _carried.standing(effects)
    _carried.warn_of_others(jobs, found, effects)
    effects.console.result({"by": _carried.BY, "jobs": {row["job"]: row["next"] for row in rows}})
    coming = ", ".join(f"{row['job']} {row['next'] or row['state']}" for row in rows)
    name = effects.options.environment
    todo = "backup.schedule show" if all(row["next"] for row in rows) else "deploy"
    effects.console.end(
        f"{name} needs no clock of this machine, by {_carried.BY}: {coming}; next: invoke {todo} --env {name}"
    )


def _remove_carried(jobs: Sequence[Job], found: Clock | None, effects: Effects) -> None:
    from pipelines.commands.backup._carried import refuse_to_remove

    if found is None or not found.remove(jobs):
        refuse_to_remove(effects)
    effects.console.result({"removed": True})
    name = effects.options.environment
    effects.console.end(f"{name} is no longer backed up by this machine's clock; its own service goes on")


def _show_carried(jobs: Sequence[Job], found: Clock | None, effects: Effects) -> None:
    from pipelines.commands.backup._carried import standing

    _tell([*standing(effects), *(found.standing(jobs) if found else ())], effects)


def _remove(jobs: Sequence[Job], found: Clock, effects: Effects) -> None:
    removed = found.remove(jobs)
    effects.console.result({"removed": removed})
    name = effects.options.environment
    effects.console.end(f"{name} is no longer backed up by the clock" if removed else _nothing(name))


def _show(jobs: Sequence[Job], found: Clock, effects: Effects) -> None:
    _tell(found.standing(jobs), effects)


def _tell(standing: Sequence[Mapping[str, Any]], effects: Effects) -> None:
    effects.console.result(list(standing))
    if standing:
        cells = [[str(one[key]) or "-" for key in ("job", "state", "next", "last", "by")] for one in standing]
        effects.console.table(HEADS, map(tuple, cells))
    name = effects.options.environment
    effects.console.end(f"{len(standing)} job(s) of {name} run by the clock" if standing else _nothing(name))


def _nothing(name: str) -> str:
    return f"nothing of {name} is run by the clock"


ACTIONS = {"install": _install, "remove": _remove, "show": _show}
CARRIED = {"install": _install_carried, "remove": _remove_carried, "show": _show_carried}
