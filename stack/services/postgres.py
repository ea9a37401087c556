"""PostgreSQL exporter: what a database is doing, where an environment names one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.programs import Program, Release
from stack.service import Process, Service

if TYPE_CHECKING:
    from stack.environment import Environment
    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/prometheus-community/postgres_exporter/releases/download/v{version}"

SOURCE = {"DATA_SOURCE_URI_FILE": "postgres_uri", "DATA_SOURCE_PASS_FILE": "postgres_password"}
"""Where it reads what to connect to, and with which password: variables that name the files of two secrets.

`postgres_uri` is `host:port/database?user=name&sslmode=verify-full`. The name is no secret of its own: it
would be found in the metrics, which count the sessions of each user.
Source: https://github.com/prometheus-community/postgres_exporter#environment-variables
"""


def _process(stack: Stack) -> Process:
    flags = (f"--web.listen-address={stack.address('postgres')}",)
    return Process(
        argv=("postgres_exporter", *flags, *stack.environment.flags.get("postgres", ())),
        env={variable: f"{{root}}/secrets/{secret}" for variable, secret in SOURCE.items()},
    )


def _wanted(environment: Environment) -> bool:
    del environment
    return False  # which database would it be?


SERVICE = Service(
    name="postgres",
    summary="what a PostgreSQL database is doing",
    port=9187,
    process=_process,
    program=Program(
        name="postgres_exporter",
        executables=("postgres_exporter",),
        floor="0.15",
        packages=("prometheus-postgres-exporter",),
        release=Release(
            archive=f"{RELEASES}/postgres_exporter-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    ready="/",
    health="/",
    wanted=_wanted,
    secrets={secret: f"env:{secret.upper()}" for secret in SOURCE.values()},
)
