"""What the verb says of a stack that carries its own clock: a service that its environment switches on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.errors import HttpFailed, NothingKept, Refused
from stack.moment import clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.commands.backup._clocks import Clock
    from pipelines.core.effects import Effects
    from stack.clients.job import Job

__all__ = ["BY", "is_carried", "refuse_moments", "refuse_to_remove", "standing", "warn_of_others"]

SERVICE = "backup"
BY = f"service {SERVICE} of the stack"


def is_carried(effects: Effects) -> bool:
    """Say whether an environment has its stack make its own backups; its files are judged elsewhere."""
    from stack.layers import setting  # brings YAML along

    options = effects.options
    section = setting("backup", options.environment, options.sites, options.overrides)
    wants = isinstance(section, dict) and bool(section.get("schedule"))
    return wants and effects.runtime.name == "compose"


def refuse_moments(effects: Effects, usual: Mapping[str, str]) -> None:
    """Refuse moments on the command line.

    Raises:
        Refused: one was given that is not the usual one.
    """
    if any(effects.options.text(name) != value for name, value in usual.items()):
        message = f"a service of {effects.options.environment} backs up when its environment says so"
        raise Refused(message=message, hint="change `backup.schedule` and `backup.drill` there, then deploy")


def refuse_to_remove(effects: Effects) -> None:
    """Say how the service is switched off.

    Raises:
        Refused: always.
    """
    message = f"{effects.options.environment} is backed up by a service of its own stack"
    raise Refused(message=message, hint="take `backup.schedule` out of its environment, then deploy")


def warn_of_others(jobs: Sequence[Job], found: Clock | None, effects: Effects) -> None:
    """Tell of a clock of this machine that runs the same jobs as well."""
    if found and found.standing(jobs):
        name = effects.options.environment
        said = f"this machine runs them, too; end that with: invoke backup.schedule remove --env {name}"
        effects.console.item("!", said)


def standing(effects: Effects) -> list[dict[str, Any]]:
    """Ask the service when each job ran, and will run; where it does not answer, say what is to be."""
    wanted = effects.options.load().environment.backup
    try:
        told = _told(effects)
    except (HttpFailed, NothingKept) as error:
        state = "not deployed" if isinstance(error, NothingKept) else "no answer"
        jobs = {"backup": wanted.schedule, "restore.drill": wanted.drill}
        told = [{"job": job, "at": at, "state": state} for job, at in jobs.items() if at]
    return [
        {
            "job": one["job"],
            "by": f"{BY}, `{one['at']}`",
            "state": one.get("state") or ("running" if one["running"] else "active"),
            "next": clock(one["next"]) if one.get("next") else "",
            "last": clock(one["last"]) if one.get("last") else "",
        }
        for one in told
    ]


def _told(effects: Effects) -> list[dict[str, Any]]:
    """Give what the service says.

    Raises:
        NothingKept: it is no part of what is live.
        HttpFailed: it does not answer.
    """
    from pipelines.core.recall import recall_live

    live = recall_live(effects)
    if SERVICE not in live.stack.services:
        raise NothingKept(message=f"no {SERVICE} is part of release {live.id}")
    found: list[dict[str, Any]] = effects.runtime.door(live.stack, SERVICE).get("/").json()
    return found
