"""One exporter of each kind asks many real servers, one of them with a wrong password, one of them down."""

from __future__ import annotations

import json
import os
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from stack.scrape import jobs
from tests.lab import until
from tests.rules.live import Watched, binary, folder_for_all, is_ready, port, program, running
from tests.rules.test_postgres import Database, prepare, tool
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from stack.service import Stack

pytestmark = pytest.mark.integration

RHYTHM = "3s"
"""Long enough for an exporter that waits a second for a database that is down."""

RIGHT, WRONG = "open-it", "shut"


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_for_all() as made:
        yield made


@contextmanager
def watching(service: str, made: Stack, root: Path, secrets: Mapping[str, str]) -> Iterator[Watched]:
    """Run the exporter and a Prometheus with its jobs, as a release would have them."""
    for path, data in made.services[service].files(made).items():
        (root / "current" / service).mkdir(parents=True, exist_ok=True)
        (root / "current" / service / path).write_bytes(data)
    (root / "secrets").mkdir()
    for name, value in secrets.items():
        (root / "secrets" / name).write_text(value)
        (root / "secrets" / name).chmod(0o600)
    process = made.services[service].process(made)
    words = [word.replace("{root}", str(root)) for word in process.argv[1:]]
    env = {name: word.replace("{root}", str(root)) for name, word in process.env.items()}
    mine = [dict(job) for job in jobs(made) if job["job_name"].startswith(service)]
    config = {"global": {"scrape_interval": RHYTHM, "scrape_timeout": RHYTHM}, "scrape_configs": mine}
    (root / "prometheus.yml").write_text(json.dumps(config))
    address = f"127.0.0.1:{port()}"
    flags = ("--config.file=prometheus.yml", f"--web.listen-address={address}", "--storage.tsdb.path=tsdb")
    with (
        running(binary(service), *words, folder=root, env=env),
        running(binary("prometheus"), *flags, folder=root),
    ):
        assert until(lambda: is_ready(f"http://{address}"))
        yield Watched(f"http://{address}")


def values(live: Watched, expression: str) -> dict[str, str]:
    return {one["metric"]["instance"]: one["value"][1] for one in live.ask(expression)}


def redis_server(number: int, folder: Path, stopping: ExitStack) -> None:
    home = folder / f"redis-{number}"
    home.mkdir()
    flags = ("--bind", "127.0.0.1", "--save", "", "--requirepass", RIGHT, "--port", str(number))
    stopping.enter_context(running(program("redis-server", "redis-server"), *flags, folder=home))


def test_one_exporter_asks_many_redis_servers(folder: Path) -> None:
    good, other, wrong, down = (port() for _ in range(4))
    servers: list[dict[str, Any]] = [{"address": f"127.0.0.1:{at}"} for at in (good, other, wrong, down)]
    made = stack(databases={"redis": servers}, ports={"redis": port()})
    passwords = {
        f"redis://127.0.0.1:{at}": WRONG if at == wrong else RIGHT for at in (good, other, wrong, down)
    }
    with ExitStack() as stopping:
        for number in (good, other, wrong):
            redis_server(number, folder, stopping)
        with watching("redis", made, folder, {"redis_passwords": json.dumps(passwords)}) as live:
            expected = {
                f"127.0.0.1:{at}": "1" if at in {good, other} else "0" for at in (good, other, wrong, down)
            }
            assert until(lambda: values(live, 'redis_up{job="redis", env="lab"}') == expected, 30), live.ask(
                "up"
            )
            assert values(live, 'up{job="redis"}').keys() == expected.keys()
            assert len(values(live, "redis_memory_used_bytes")) == 2


def test_one_exporter_asks_many_databases(folder: Path) -> None:
    database, down = Database(folder / "data"), port()
    (folder / "password").write_text(RIGHT)
    login = ("-A", "scram-sha-256", f"--pwfile={folder}/password", "-U", "monitor")
    prepare(tool("initdb"), "-N", *login, "-D", database.data, folder=folder)
    asked: list[dict[str, Any]] = [
        {"address": f"127.0.0.1:{database.port}", "user": "monitor"},
        {"address": f"127.0.0.1:{database.port}", "user": "monitor", "database": "template1"},
        {"address": f"127.0.0.1:{database.port}", "user": "stranger"},
        {"address": f"127.0.0.1:{down}", "user": "monitor"},
    ]
    asked = [{**one, "sslmode": "disable"} for one in asked]
    asked[2]["database"] = "other"
    made = stack(databases={"postgres": asked}, ports={"postgres": port()})
    passwords = f"127.0.0.1:*:*:monitor:{RIGHT}\n127.0.0.1:*:*:stranger:{WRONG}\n"
    os.environ["PGPASSWORD"] = RIGHT
    try:
        with database.run(), watching("postgres", made, folder, {"postgres_passwords": passwords}) as live:
            here = f"127.0.0.1:{database.port}"
            expected = {
                f"{here}/postgres": "1",
                f"{here}/template1": "1",
                f"{here}/other": "0",
                f"127.0.0.1:{down}/postgres": "0",
            }
            assert until(lambda: values(live, 'pg_up{job="postgres", env="lab"}') == expected, 30), values(
                live, "up"
            )
            assert len(values(live, "pg_settings_max_connections")) == 2
            assert RIGHT not in "".join(path.read_text() for path in (folder / "current").rglob("*.yml"))
    finally:
        del os.environ["PGPASSWORD"]
