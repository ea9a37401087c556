"""How a service looks from outside, whatever state it is in."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from stack.binaries import Binary
from stack.clients.http import Session
from stack.clients.supervisor import Running, Supervisor
from stack.environment import Environment
from stack.programs import Program
from stack.runtimes.status import environment_of, observe, resident
from stack.service import Process, Service, Stack
from tests.contracts.tiny import free_port

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

    from stack.runtimes.protocol import ServiceStatus

NOBODY = 2**22 + 1
"""Above the highest process number that the kernel gives."""


class Holding:
    """A supervisor that holds what it is told."""

    def __init__(self, *held: Running) -> None:
        self.held = held

    def processes(self) -> tuple[Running, ...]:
        return self.held


def seen(port: int, *held: Running, **binaries: Binary) -> ServiceStatus:
    service = Service("web", "", port, lambda _: Process(("web",)), Program("web", ("web",), "1"))
    stack = Stack(Environment(name="test"), {"web": service}, {"web": service})
    [found] = observe(
        stack,
        cast("Supervisor", Holding(*held)),
        binaries,
        lambda name: Session(f"http://{stack.address(name)}"),
    )
    return found


def held(state: str = "RUNNING", pid: int = 0, since: float = 0.0) -> Running:
    return Running("web", state, pid, since, "")


def test_a_service_that_answers_on_its_port_runs_and_is_ready(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/-/ready").respond_with_data("yes")
    binary = Binary("web", "1.2.3", "test", {"web": Path("/web")})
    found = seen(httpserver.port, held(pid=os.getpid(), since=1.0), web=binary)

    assert (found.state, found.ready, found.pid, found.version) == ("running", True, os.getpid(), "1.2.3")
    assert found.uptime > 1e6
    assert resident(found.pid or 0) > 1e6


def test_one_that_answers_with_an_error_is_not_ready(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/-/ready").respond_with_data("replaying", status=503)

    assert not seen(httpserver.port, held(pid=os.getpid())).ready


def test_a_clock_that_was_set_back_gives_no_negative_uptime(httpserver: HTTPServer) -> None:
    assert seen(httpserver.port, held(pid=os.getpid(), since=4e9)).uptime == 0.0


def test_a_process_that_is_gone_takes_no_memory() -> None:
    found = seen(free_port(), held(pid=NOBODY))

    assert (found.state, found.ready, resident(NOBODY)) == ("running", False, 0)


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("STARTING", "starting"),
        ("BACKOFF", "failing"),
        ("FATAL", "failing"),
        ("EXITED", "failing"),
        ("STOPPED", "stopped"),
        ("UNKNOWN", "stopped"),
    ],
)
def test_the_states_of_the_supervisor_have_plain_names(state: str, expected: str) -> None:
    assert seen(free_port(), held(state)).state == expected
    assert seen(free_port(), held(state, NOBODY)).state == expected


def test_a_service_that_nobody_holds_is_stopped() -> None:
    found = seen(free_port())

    assert (found.state, found.ready, found.pid, found.version) == ("stopped", False, None, "")


def test_another_process_on_the_port_is_told_apart() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert seen(port).state == "foreign"
        assert seen(port, held(pid=NOBODY)).state == "foreign"


def test_the_variables_of_a_process_are_read_and_of_none_are_none() -> None:
    assert environment_of(os.getpid())
    assert environment_of(NOBODY) == {}
