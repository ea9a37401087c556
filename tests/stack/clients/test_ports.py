"""Who has a port."""

from __future__ import annotations

import os
import socket

import psutil
import pytest

from stack.clients import ports
from stack.errors import Refused
from tests.contracts.tiny import free_port


@pytest.mark.parametrize("address", ["127.0.0.1", "0.0.0.0"])
def test_a_port_that_somebody_listens_on_is_taken_and_by_whom(address: str) -> None:
    with socket.create_server((address, 0)) as server:
        port = server.getsockname()[1]

        assert not ports.is_free(port)
        assert ports.owner_pid(port) == os.getpid()
        assert ports.owner(port) == f"{psutil.Process().name()} (pid {os.getpid()})"
    assert ports.is_free(port)
    assert ports.owner_pid(port) is None


def test_a_port_whose_last_connection_lingers_is_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        client = socket.create_connection(("127.0.0.1", port))
        served = server.accept()[0]
    served.close()  # the side that closes first waits for stray packets, in the kernel
    client.close()

    assert ports.is_free(port)


def test_a_client_s_own_port_belongs_to_no_server() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
    ):
        server.accept()[0].close()
        assert ports.owner_pid(client.getsockname()[1]) is None


def test_what_may_not_be_seen_or_has_just_ended_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ports.owner(free_port()) == "a process of another user"
    monkeypatch.setattr(ports, "owner_pid", lambda _: 2**22 + 1)
    assert ports.owner(1) == "a process that has just ended (pid 4194305)"


def test_free_ports_are_free_and_all_different() -> None:
    found = ports.free(20)

    assert len(set(found)) == 20
    assert all(map(ports.is_free, found))


def test_a_machine_without_free_ports_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "is_free", lambda _: False)

    with pytest.raises(Refused, match="no 2 free ports"):
        ports.free(2)
