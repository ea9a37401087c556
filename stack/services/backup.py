"""The stack's own clock: makes backups and drills at their moments, with nothing installed on the host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.emit import to_json
from stack.references import SECRETS
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]

SITE = "site"
"""Below its configuration: the environment, as far as a backup or a drill asks for it."""


def _files(stack: Stack) -> Mapping[str, bytes]:
    """Say of the environment what a run of its own asks for; what it backs up is the release that is live.

    A secret that somebody else gives lies here as a file; one that is made here lies with the repository.
    """
    environment = stack.environment
    wanted = environment.backup.secrets & environment.secrets.keys()
    outside = sorted(name for name in wanted if environment.secrets[name] != "generated")
    document = {
        "runtime": environment.runtime,
        "exact_versions": environment.exact_versions,
        "backup": environment.backup.model_dump(mode="json"),
        "secrets": {name: f"file:{SECRETS}/{name}" for name in outside},
    }
    return {f"{SITE}/stack/environments/{environment.name}.yaml": to_json(document)}


def _process(stack: Stack) -> Process:
    return Process(
        argv=("{python}", "-m", "pipelines.clock", *_flags(stack)),
        env={
            "MONITORING_ENV": stack.environment.name,
            "MONITORING_SITE": f"{{root}}/current/backup/{SITE}",
            "MONITORING_INSIDE": "1",
        },
    )


def _flags(stack: Stack) -> Iterator[str]:
    wanted = stack.environment.backup
    yield f"--listen={stack.listen('backup')}"
    yield "--lock={root}/lock"
    yield f"--timezone={wanted.timezone}"
    yield f"--job=backup={wanted.schedule}"
    if wanted.drill:
        yield f"--job=restore.drill={wanted.drill}"


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Have no job: each run leaves its metrics where node exporter reads them, wherever it was started."""
    del stack
    return ()


def _wanted(environment: Environment) -> bool:
    return bool(environment.backup.schedule) and environment.runtime == "compose"


SERVICE = Service(
    name="backup",
    summary="makes backups and drills at their moments",
    port=9192,
    process=_process,
    files=_files,
    scrape=_scrape,
    reload=("/-/reload",),
    wanted=_wanted,
    contained=True,
    container=Container(
        network="core",
        joins=("services", "outside"),
        engine=True,
        invokes=True,
        memory="2g",
        pids=500,
    ),
)
