"""PostgreSQL databases as postgres_exporter sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dashboards._kit import board, choice, finished, to_one
from dashboards._limits import pages, warns
from dashboards._panels import figure, firing_now, graph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.models.dashboard import Panel

    from dashboards._kit import Values

__all__ = ["dashboard"]

ENV = 'env=~"$env"'
WHERE = 'env=~"$env", instance=~"$instance"'
DATABASE = 'env=~"$env", instance=~"$instance", datname=~"$datname"'


def dashboard(values: Values) -> Mapping[str, object]:
    """Give the JSON model."""
    question = "Do the databases answer, and what do they have to do?"
    builder = (
        board("postgres", "PostgreSQL", question, alerts="Postgres.+", hours=3)
        .with_variable(choice("env", "Environment", "pg_up"))
        .with_variable(choice("instance", "Server", f"pg_up{{{ENV}}}"))
        .with_variable(choice("datname", "Database", f"pg_stat_database_numbackends{{{WHERE}}}"))
    )
    rows = {
        "The worst of them": _worst(values),
        "Connections": _connections(values),
        "Work": _work(),
        "Locks": _locks(values),
        "Replication and size": _kept(values),
    }
    return finished(builder, rows)


def _worst(values: Values) -> Iterator[Builder[Panel]]:
    yield firing_now("Postgres.+", "databases")
    yield figure(
        "Servers down",
        "Those to which the exporter cannot connect.",
        {"{{env}}": f"sum by (env) (pg_up{{{WHERE}}} == bool 0)"},
        "none",
        pages(values, "PostgresDown", over=0),
    )
    yield figure(
        "Connections taken",
        "Of those that anybody may open, on the server with the fewest left. At 100 it refuses new ones.",
        {"{{env}}": f"max by (env) (instance:pg_connections_used:percent{{{WHERE}}})"},
        "percent",
        warns(values, "PostgresConnectionsNearLimit", over=values["postgres_connections_percent"]),
    )
    yield figure(
        "Replication lag",
        "Of the replica that is furthest behind; 0 on a primary.",
        {"{{env}}": f"max by (env) (pg_replication_lag_seconds{{{WHERE}}})"},
        "s",
        warns(values, "PostgresReplicationLagging", over=values["postgres_lag_seconds"]),
    )
    yield figure(
        "Deadlocks",
        "Of the last five minutes, in the database with most of them.",
        {"{{env}}": f"max by (env) (increase(pg_stat_database_deadlocks{{{DATABASE}}}[5m]))"},
        "short",
        warns(values, "PostgresDeadlocks", over=values["postgres_deadlocks"]),
    )
    yield figure(
        "Longest transaction",
        "How long the oldest transaction has been open. It holds its locks, and what others deleted.",
        {"{{env}}": f"max by (env) (pg_stat_activity_max_tx_duration{{{WHERE}}})"},
        "s",
    )


def _connections(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Connections taken over time",
        "Of those that anybody may open, on each server.",
        {"{{instance}}": f"instance:pg_connections_used:percent{{{WHERE}}}"},
        "percent",
        warns(values, "PostgresConnectionsNearLimit", over=values["postgres_connections_percent"]),
        each=[to_one("postgres", "This server", "instance")],
    )
    yield graph(
        "Connections by state",
        "What those who are connected do. Many `idle in transaction` are a client that forgets to commit.",
        {"{{state}}": f"sum by (env, state) (pg_stat_activity_count{{{DATABASE}}})"},
        "none",
    )


def _work() -> Iterator[Builder[Panel]]:
    yield graph(
        "Transactions",
        "Transactions each second: kept, and taken back.",
        {
            "{{datname}} committed": _rate("xact_commit"),
            "{{datname}} rolled back": _rate("xact_rollback"),
        },
        "ops",
    )
    hit, read = _rate("blks_hit"), _rate("blks_read")
    yield graph(
        "Found in memory",
        "The part of blocks that needed no look at the disk. It falls where memory is too small for them.",
        {"{{datname}}": f"100 * {hit} / ({hit} + {read} > 0)"},
        "percent",
    )
    yield graph(
        "Rows",
        "Rows each second that are handed out, inserted, updated and deleted, in all databases chosen.",
        {what: _all(f"tup_{what}") for what in ("fetched", "inserted", "updated", "deleted")},
        "ops",
    )
    yield graph(
        "Temporary files",
        "Written to disk by sorting and joining what does not fit into work_mem.",
        {"{{datname}}": _rate("temp_bytes")},
        "Bps",
    )


def _rate(what: str) -> str:
    counter = f"pg_stat_database_{what}{{{DATABASE}}}"
    return f"sum by (env, instance, datname) (rate({counter}[$__rate_interval]))"


def _all(what: str) -> str:
    return f"sum by (env) (rate(pg_stat_database_{what}{{{DATABASE}}}[$__rate_interval]))"


def _locks(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Deadlocks by database",
        "Transactions of the last five minutes that were ended since they waited for one another.",
        {"{{instance}} {{datname}}": f"increase(pg_stat_database_deadlocks{{{DATABASE}}}[5m])"},
        "short",
        warns(values, "PostgresDeadlocks", over=values["postgres_deadlocks"]),
    )
    yield graph(
        "Locks",
        "Locks that are held, by mode. `accessexclusivelock` lets nobody else in.",
        {"{{mode}}": f"sum by (env, mode) (pg_locks_count{{{DATABASE}}})"},
        "none",
    )


def _kept(values: Values) -> Iterator[Builder[Panel]]:
    yield graph(
        "Replication lag over time",
        "How far each replica is behind its primary; 0 on a primary.",
        {"{{instance}}": f"pg_replication_lag_seconds{{{WHERE}}}"},
        "s",
        warns(values, "PostgresReplicationLagging", over=values["postgres_lag_seconds"]),
    )
    yield graph(
        "Size",
        "What each database takes on disk, and the log of changes that is still kept.",
        {
            "{{instance}} {{datname}}": f"pg_database_size_bytes{{{DATABASE}}}",
            "{{instance}} log": f"pg_wal_size_bytes{{{WHERE}}}",
        },
        "bytes",
    )
