"""The rules of `redis` on a real server: what they rest on is there, and what goes wrong fires."""

from __future__ import annotations

import json
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.lab import until
from tests.rules.live import folder_for_all, port, program, running, watched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.integration

PASSWORD = "open-it"
SETTINGS = {
    "--bind": "127.0.0.1",
    "--save": "",
    "--maxmemory": "3mb",
    "--maxclients": "10",
    "--requirepass": PASSWORD,
}


class Server:
    """A connection that speaks to a Redis server in its own protocol, one line a command."""

    def __init__(self, number: int) -> None:
        self.port = number

    def connect(self) -> socket.socket:
        """Open one more connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=5)

    def say(self, *commands: str) -> str:
        """Send commands at once and give all answers."""
        lines = [f"AUTH {PASSWORD}", *commands, "QUIT"]
        with self.connect() as connection, connection.makefile("rb") as answers:
            connection.sendall("".join(f"{line}\r\n" for line in lines).encode())
            return answers.read().decode()

    def answers(self) -> bool:
        """Say whether it is there."""
        try:
            return "+PONG" in self.say("PING")
        except OSError:
            return False

    def write(self, count: int) -> str:
        """Write so many keys of a kilobyte, other ones than before."""
        start = int(self.say("INCRBY written 1000000").split(":")[1].split("\r")[0])
        return self.say(*(f"SET key:{start + at} {'x' * 1000}" for at in range(count)))


@pytest.fixture
def folder() -> Iterator[Path]:
    with folder_for_all() as made:
        yield made


def test_a_server_at_ease_misses_nothing_then_it_fills_up_evicts_refuses_and_goes_down(folder: Path) -> None:
    redis = Server(port())
    flags = [word for setting in SETTINGS.items() for word in setting]
    address = f"redis://127.0.0.1:{redis.port}"
    secrets = {"exporter": {"redis_passwords": json.dumps({address: PASSWORD})}}
    with watched("redis", folder, secrets, f"--redis.addr={address}", redis_evictions_per_second=0) as live:
        with running(
            program("redis-server", "redis-server"), "--port", str(redis.port), *flags, folder=folder
        ):
            assert until(redis.answers)
            assert live.is_full("redis_evicted_keys_total")
            assert live.firing() == set()

            assert "-OOM" in redis.write(5000)
            assert live.fires("RedisMemoryHigh")
            assert "RedisEvictions" not in live.firing()

            redis.say("CONFIG SET maxmemory-policy allkeys-lru")
            assert until(lambda: redis.write(500) and "RedisEvictions" in live.firing())
            assert until(lambda: "RedisMemoryHigh" not in live.firing())

            with ExitStack() as clients:
                for _ in range(12):
                    clients.enter_context(redis.connect())
            assert live.fires("RedisConnectionsRejected")
        assert live.fires("RedisDown")
        assert "RedisMetricsMissing" not in live.firing()
