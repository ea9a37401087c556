"""The dashboards on PostgreSQL and Redis beside real servers: each panel shows data, of each exporter."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from stack.promql.variables import UNKNOWN, filled
from tests.dashboards.boards import board, shown
from tests.lab import until
from tests.rules.live import folder_for_all, port, program, running, watched
from tests.rules.test_postgres import Database, prepare, tool
from tests.rules.test_redis import PASSWORD, SETTINGS, Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.rules.live import Watched

pytestmark = pytest.mark.integration

BOTH = ("one", "other")
"""Two exporters of one server: to a dashboard these are two servers."""


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_for_all() as made:
        yield made


def wanting(stem: str, live: Watched) -> list[str]:
    """Name the panels of which a query gives nothing, no number, or one of both where it tells them apart."""
    return [
        panel.title
        for panel in shown(board(stem).model)
        for target in panel.targets
        if not _shows(live.ask(filled(target.expression).replace(UNKNOWN, ".*")))
    ]


def _shows(found: list[dict[str, dict[str, str]]]) -> bool:
    instances = {sample["metric"].get("instance") for sample in found} - {None}
    numbers = all(sample["value"][1] != "NaN" for sample in found)  # type: ignore[index] # time, then number
    return bool(found) and numbers and len(instances) in {0, len(BOTH)}


def test_every_panel_on_redis_shows_data(folder: Path) -> None:
    redis = Server(port())
    flags = [word for setting in SETTINGS.items() for word in setting]
    address = f"redis://127.0.0.1:{redis.port}"
    secrets = {name: {"redis_passwords": json.dumps({address: PASSWORD})} for name in BOTH}
    server = program("redis-server", "redis-server")
    with (
        running(server, "--port", str(redis.port), *flags, folder=folder),
        watched("redis", folder, secrets, f"--redis.addr={address}") as live,
    ):
        assert until(redis.answers)
        assert until(lambda: wanting("redis", live) == [], 30.0), wanting("redis", live)


def test_every_panel_on_postgres_shows_data(folder: Path) -> None:
    database = Database(folder / "data")
    prepare(tool("initdb"), "-N", "-A", "trust", "-U", "monitor", "-D", database.data, folder=folder)
    with (
        database.run(),
        watched("postgres", folder, {name: database.secrets() for name in BOTH}) as live,
    ):
        assert until(lambda: wanting("postgres", live) == [], 30.0), wanting("postgres", live)
