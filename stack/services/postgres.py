"""PostgreSQL exporter: what a database is doing, where an environment names one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack import web
from stack.multi_target import elsewhere, through
from stack.programs import Program, Release
from stack.service import Container, Process, Service

if TYPE_CHECKING:
    from collections.abc import Mapping

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


PASSWORDS = "postgres_passwords"
"""The secret that is PostgreSQL's own file of passwords: `host:port:database:user:password`, a line each.

Source: https://www.postgresql.org/docs/current/libpq-pgpass.html
"""


def _scrape(stack: Stack) -> tuple[Mapping[str, Any], ...]:
    """Scrape one exporter for each database; without a list of them, its own page.

    Its modules of authentication want a password in clear text beside the name: without one, it finds the
    password in the file of passwords, as every client of PostgreSQL does.
    Source: https://github.com/prometheus-community/postgres_exporter#multi-target-support-beta
    """
    databases = stack.environment.databases.postgres
    if "postgres" not in stack.services or not databases:
        return ({},)
    groups = [{"targets": [one.url for one in databases], "labels": {"env": stack.environment.name}}]
    return (elsewhere(stack, "postgres"), through(stack, "postgres", "postgres-databases", "/probe", groups))


def _process(stack: Stack) -> Process:
    flags = (f"--web.listen-address={stack.listen('postgres')}",)
    source = {"PGPASSFILE": PASSWORDS} if stack.environment.databases.postgres else SOURCE
    return Process(
        argv=(
            "postgres_exporter",
            *flags,
            *web.flags(stack, "postgres"),
            *stack.environment.flags.get("postgres", ()),
        ),
        env={variable: f"{{root}}/secrets/{secret}" for variable, secret in source.items()},
    )


def _wanted(environment: Environment) -> bool:
    return bool(environment.databases.postgres)


def _reads(secret: str, environment: Environment) -> bool:
    return (secret == PASSWORDS) == bool(environment.databases.postgres)


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
    scrape=_scrape,
    ready="/",
    health="/",
    wanted=_wanted,
    secrets={secret: f"env:{secret.upper()}" for secret in (*SOURCE.values(), PASSWORDS)},
    reads_secret=_reads,
    container=Container(joins=("outside",)),
    web=True,
)
