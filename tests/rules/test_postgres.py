"""The rules of `postgres` on a real database: what they rest on is there, and what goes wrong fires."""

from __future__ import annotations

import signal
import subprocess
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.lab import until
from tests.rules.live import folder_for_all, port, program, running, unprivileged, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.integration

INSTALLED = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
USABLE = 17
"""Connections that anybody may open: 20 without the three that are kept for superusers."""

SETTINGS = ("listen_addresses=127.0.0.1", "max_connections=20", "deadlock_timeout=100ms", "fsync=off")
LOCKS = "SELECT pg_advisory_xact_lock({}); SELECT pg_sleep(0.5); SELECT pg_advisory_xact_lock({});"


class Database:
    """One server on a free port, on whose machine everybody is trusted."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, port()

    @contextmanager
    def run(self) -> Iterator[subprocess.Popen[bytes]]:
        """Run it until the block ends."""
        flags = [word for setting in SETTINGS for word in ("-c", setting)]
        where = ("-D", self.data, "-k", self.data.parent, "-p", str(self.port))
        server = tool("postgres")
        with running(server, *where, *flags, folder=self.data.parent, user=unprivileged()) as child:
            try:
                assert until(lambda: self.start("SELECT 1").wait() == 0)
                yield child
            finally:
                child.send_signal(signal.SIGINT)  # else it waits for every session to end by itself

    def start(self, sql: str) -> subprocess.Popen[bytes]:
        """Begin a session that does something."""
        words = [str(tool("psql")), f"postgresql://monitor@127.0.0.1:{self.port}/postgres", "-qc", sql]
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def secrets(self) -> dict[str, str]:
        """Give what an exporter must know."""
        uri = f"127.0.0.1:{self.port}/postgres?user=monitor&sslmode=disable"
        return {"postgres_uri": uri, "postgres_password": "nobody-asks-for-it"}


def tool(name: str) -> Path:
    """Find a program of PostgreSQL."""
    return program(name, "postgresql", *INSTALLED)


def prepare(*words: str | Path, folder: Path) -> None:
    """Run a program of PostgreSQL to its end."""
    subprocess.run([*map(str, words)], cwd=folder, check=True, capture_output=True, user=unprivileged())


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_for_all() as made:
        yield made


@pytest.fixture
def primary(folder: Path) -> Database:
    made = Database(folder / "primary")
    prepare(tool("initdb"), "-N", "-A", "trust", "-U", "monitor", "-D", made.data, folder=folder)
    return made


def test_a_database_at_ease_misses_nothing_then_it_deadlocks_fills_up_and_goes_down(
    primary: Database, folder: Path
) -> None:
    with watched("postgres", folder, {"exporter": primary.secrets()}) as live, ExitStack() as sessions:
        with primary.run():
            assert live.is_full("pg_stat_database_deadlocks")
            assert live.firing() == set()
            [used] = live.ask("instance:pg_connections_used:percent")
            assert used["metric"]["env"] == "lab"

            for order in ((1, 2), (2, 1)):
                sessions.enter_context(primary.start(LOCKS.format(*order)))
            assert live.fires("PostgresDeadlocks")

            for _ in range(USABLE - 2):
                sessions.enter_context(primary.start("SELECT pg_sleep(60)"))
            assert live.fires("PostgresConnectionsNearLimit")
        assert live.fires("PostgresDown")
        assert "PostgresMetricsMissing" not in live.firing()


def test_a_replica_that_no_longer_replays_is_behind(primary: Database, folder: Path) -> None:
    replica = Database(folder / "replica")
    with primary.run():
        source = ("-d", f"postgresql://monitor@127.0.0.1:{primary.port}/postgres")
        prepare(tool("pg_basebackup"), "-R", "-c", "fast", *source, "-D", replica.data, folder=folder)
        both = {"primary": primary.secrets(), "replica": replica.secrets()}
        with replica.run(), watched("postgres", folder, both, postgres_lag_seconds=2) as live:
            assert primary.start("CREATE TABLE a (b int)").wait() == 0
            assert until(lambda: replica.start("SELECT b FROM a").wait() == 0)
            assert live.is_full("pg_replication_lag_seconds")
            assert live.firing() == set()

            assert replica.start("SELECT pg_wal_replay_pause()").wait() == 0
            assert primary.start("INSERT INTO a VALUES (1)").wait() == 0
            assert live.fires("PostgresReplicationLagging")
            [behind] = live.ask('ALERTS{alertname="PostgresReplicationLagging", alertstate="firing"}')
            assert behind["metric"]["env"] == "lab"
