"""Redis exporter: what a Redis server is doing, where an environment names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.multi_target import elsewhere, through
from stack.programs import Program, Release
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/oliver006/redis_exporter/releases/download/v{version}"

PASSWORDS = "redis_passwords"
"""The secret that holds JSON, `{"redis://host:6379": "password"}`; by default there is none in it."""


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Scrape one exporter for each server; without a list of them, its own page.

    Source: https://github.com/oliver006/redis_exporter#prometheus-configuration-to-scrape-multiple-redis-hosts
    """
    servers = stack.environment.databases.redis
    if "redis" not in stack.services or not servers:
        return ({},)
    groups = [{"targets": [one.url for one in servers], "labels": {"env": stack.environment.name}}]
    return (elsewhere(stack, "redis"), through(stack, "redis", "redis-servers", "/scrape", groups))


def _process(stack: Stack) -> Process:
    """Start it; which one server it asks, `--redis.addr`, is for an environment's `flags` to say.

    Source: https://github.com/oliver006/redis_exporter#command-line-flags
    """
    flags = (
        f"--web.listen-address={stack.listen('redis')}",
        f"--redis.password-file={{root}}/secrets/{PASSWORDS}",
        # Without this it would ask a server on its own machine as well.
        *(("--redis.addr=",) if stack.environment.databases.redis else ()),
    )
    return Process(argv=("redis_exporter", *flags, *stack.environment.flags.get("redis", ())))


def _wanted(environment: Environment) -> bool:
    return bool(environment.databases.redis)


SERVICE = Service(
    name="redis",
    summary="what a Redis server is doing",
    port=9121,
    process=_process,
    program=Program(
        name="redis_exporter",
        executables=("redis_exporter",),
        floor="1.55",
        packages=("prometheus-redis-exporter",),
        release=Release(
            archive=f"{RELEASES}/redis_exporter-v{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    scrape=_scrape,
    ready="/health",
    health="/health",
    wanted=_wanted,
    secrets={PASSWORDS: "exec:printf {}"},
    container=Container(joins=("outside",)),
)
