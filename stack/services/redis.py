"""Redis exporter: what a Redis server is doing, where an environment names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.programs import Program, Release
from stack.service import Process, Service

if TYPE_CHECKING:
    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/oliver006/redis_exporter/releases/download/v{version}"

PASSWORDS = "redis_passwords"
"""The secret that holds JSON, `{"redis://host:6379": "password"}`; by default there is none in it."""


def _process(stack: Stack) -> Process:
    """Start it; which server it asks, `--redis.addr`, is for an environment's `flags` to say.

    Source: https://github.com/oliver006/redis_exporter#command-line-flags
    """
    flags = (
        f"--web.listen-address={stack.address('redis')}",
        f"--redis.password-file={{root}}/secrets/{PASSWORDS}",
    )
    return Process(argv=("redis_exporter", *flags, *stack.environment.flags.get("redis", ())))


def _wanted(environment: Environment) -> bool:
    del environment
    return False  # which server would it be?


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
    ready="/health",
    health="/health",
    wanted=_wanted,
    secrets={PASSWORDS: "exec:printf {}"},
)
