"""A mender before an engine that answers what a test wants: it starts, waits, tells once and goes on."""

from __future__ import annotations

import json
import queue
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from stack.exporters.discoverer.engine import EngineFailed
from stack.runtimes.lock import alone
from stack.runtimes.mender import mending
from stack.runtimes.mender.mending import Mender
from tests.stack.runtimes.mender.test_choice import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass
class Engine:
    """An engine as far as a mender asks it.

    Args:
        containers: the state of each.
        refusals: what it says to starting one of them.
        events: what is heard of it; None ends the stream.
        asked: by which filters it was asked for a list, so far.
        tried: how often it was asked to start one.
    """

    containers: dict[str, str] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    events: queue.SimpleQueue[dict[str, Any] | None] = field(default_factory=queue.SimpleQueue)
    asked: list[dict[str, Any]] = field(default_factory=list)
    tried: int = 0
    address: str = "unix:///sock"
    version: str = ""

    def negotiate(self) -> None:
        self.version = "1.41"

    def get(self, path: str, timeout: float, **query: str) -> list[dict[str, Any]]:
        assert (path, timeout) == ("/containers/json", mending.PATIENCE)
        self.asked.append(json.loads(query["filters"]))
        return [listed(name, state) for name, state in self.containers.items()]

    def post(self, path: str, timeout: float) -> None:
        name = path.split("/")[2].removesuffix("-id")
        assert path == f"/containers/{name}-id/start"
        assert timeout
        self.tried += 1
        if name in self.refusals:
            raise EngineFailed(self.refusals[name])
        self.containers[name] = "running"

    @contextmanager
    def stream(self, path: str, **query: str) -> Iterator[Iterator[dict[str, Any]]]:
        assert (path, json.loads(query["filters"])["event"]) == ("/events", ["die"])
        yield (event for event in iter(self.events.get, None) if event)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    (tmp_path / "lock").touch()
    return tmp_path / "lock"


def mender(engine: Any, lock: Path) -> Mender:
    return Mender(engine, "monitoring.environment=lab", lock)


def test_what_has_ended_is_started_and_only_the_environments_own_are_asked_for(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = Engine({"web": "exited", "proxy": "running", "gone": "created"})
    mender(engine, lock).look()

    assert engine.containers == {"web": "running", "proxy": "running", "gone": "created"}
    assert engine.asked == [{"label": ["monitoring.environment=lab"]}]
    assert capsys.readouterr().err == "started web: exited so\n"


def test_while_a_run_has_the_environment_nothing_is_asked_or_started(lock: Path) -> None:
    engine = Engine({"web": "exited"})
    made = mender(engine, lock)
    with lock.open("ab+") as run:
        assert alone(run)
        made.look()
        assert (engine.containers, engine.asked) == ({"web": "exited"}, [])
    made.look()
    assert engine.containers == {"web": "running"}


def test_one_that_cannot_be_started_is_one_line_and_is_tried_again(
    lock: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(now=0.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(mending, "time", clock)
    engine = Engine({"web": "exited"})
    made, told = mender(engine, lock), "cannot start web: endpoint …: port is taken; will try again\n"

    def look(now: float) -> str:
        clock.now, engine.refusals["web"] = now, f"endpoint {now:064.0f}: port is taken"
        made.look()
        return capsys.readouterr().err

    assert [look(0.0), look(0.9), look(1.0), look(2.9), look(3.0)] == [told, "", "", "", ""]
    engine.containers["web"] = "running"
    look(4.0)
    engine.containers["web"] = "exited"
    assert [look(5.0), look(5.9), engine.tried] == [told, "", 4], "it had run meanwhile: all begins anew"


def test_an_engine_that_is_lost_ends_it(lock: Path, capsys: pytest.CaptureFixture[str]) -> None:
    engine = Engine({"web": "exited"})
    engine.events.put(None)
    with pytest.raises(EngineFailed, match="the engine has ended the stream"):
        mender(engine, lock).run()

    assert engine.containers == {"web": "running"}
    assert capsys.readouterr().err.splitlines() == [
        "watching over monitoring.environment=lab at unix:///sock, API 1.41",
        "started web: exited so",
    ]


def test_what_is_told_before_it_is_listed_is_looked_for_soon_again(
    lock: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []

    class Events:
        def wait(self, seconds: float) -> list[dict[str, Any]]:
            waits.append(seconds)
            if len(waits) == 3:
                raise EngineFailed("enough")
            return [{"Action": "die"}] if len(waits) == 1 else []

    events: Any = Events()
    monkeypatch.setattr(mending, "Followed", lambda _: events)
    with pytest.raises(EngineFailed, match="enough"):
        mender(Engine(), lock)._follow(events)
    assert waits == [mending.EVERY, mending.SOON, mending.SOON]
