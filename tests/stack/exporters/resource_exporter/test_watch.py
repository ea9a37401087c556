from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import psutil
import pytest

from stack.exporters.resource_exporter.settings import Resource
from stack.exporters.resource_exporter.watch import State, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Eventually = Callable[[Callable[[], object]], None]


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.follow(())


def _tcp(name: str, port: int) -> Resource:
    return Resource(name, "tcp", {"address": f"127.0.0.1:{port}"}, "", 0.01, 5.0)


def _state(watch: Watch, name: str) -> State:
    return watch.watchers[name].state()


def test_a_resource_that_goes_down_keeps_the_time_of_its_last_success(
    watch: Watch, eventually: Eventually
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        watch.follow([_tcp("queue", server.getsockname()[1])])
        eventually(lambda: _state(watch, "queue").up)
    eventually(lambda: _state(watch, "queue").up is False)
    down = _state(watch, "queue")
    again = _state(watch, "queue")

    assert down.last_success is not None
    assert again.last_success == down.last_success


def test_a_resource_that_was_never_up_has_no_last_success(watch: Watch, eventually: Eventually) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    watch.follow([_tcp("queue", port)])
    eventually(lambda: _state(watch, "queue").up is False)

    assert _state(watch, "queue").last_success is None


def test_a_check_with_a_bug_finds_its_resource_down(watch: Watch, eventually: Eventually) -> None:
    watch.follow([Resource("odd", "tcp", {"address": "no port"}, "", 0.01, 5.0)])

    eventually(lambda: _state(watch, "odd").up is False)


def test_a_success_that_took_longer_than_the_timeout_is_none(watch: Watch, eventually: Eventually) -> None:
    details = {"process": psutil.Process().name()}
    watch.follow(
        [
            Resource("self", "process", details, "", 0.01, 60),
            Resource("late", "process", details, "", 0.01, 1e-9),
        ]
    )

    eventually(lambda: _state(watch, "self").up)
    eventually(lambda: _state(watch, "late").duration)
    assert _state(watch, "late").up is False


def test_following_others_keeps_what_is_known_of_the_unchanged(watch: Watch) -> None:
    same, old, new = _tcp("same", 1), _tcp("other", 1), _tcp("other", 2)
    watch.follow([same, old])
    before = dict(watch.watchers)
    watch.follow([same, new])

    assert watch.watchers["same"] is before["same"]
    assert watch.watchers["other"].resource == new
    assert [name for name, one in before.items() if one._stopped.is_set()] == ["other"]


def test_a_check_that_hangs_beyond_its_timeout_is_seen_as_down_before_it_ends() -> None:
    hanging = State(up=True, duration=0.1, last_success=1000.0, began=50.0)

    assert hanging.seen_at(54.0, timeout=5.0) == hanging
    assert hanging.seen_at(62.0, timeout=5.0) == State(False, 12.0, 1000.0, 50.0)
    assert State(up=True).seen_at(1e9, timeout=5.0).up
