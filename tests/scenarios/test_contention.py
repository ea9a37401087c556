"""What another one holds, the lock or a port, is waited for or refused, and the stack stays one."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.lab import Lab

pytestmark = pytest.mark.integration


def test_two_deploys_at_once_never_both_change_the_stack(deployed: Lab) -> None:
    deployed.rule("Extra", "up == 0")
    both = [deployed.start("deploy"), deployed.start("deploy")]
    said = [process.communicate(timeout=120)[0] for process in both]
    codes = sorted(process.returncode for process in both)

    assert codes[0] == 0, said
    assert codes[1] in {0, 8, 9}, said
    if codes[1] == 8:
        assert any("another run is changing environment local: deploy (pid" in text for text in said)
    assert len(deployed.processes()) == 9
    assert deployed.state()["state"] == "proved"


@pytest.fixture(params=["alertmanager", "sink_smtp"])
def taken(lab: Lab, request: pytest.FixtureRequest) -> Iterator[str]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", lab.ports[request.param]))
        server.listen()
        yield request.param


def test_a_taken_port_is_refused_with_its_owner_before_anything_starts(lab: Lab, taken: str) -> None:
    said = lab.invoke("deploy")

    assert said.code == 7
    name = psutil.Process().name()
    port = lab.ports[taken]
    assert f"port {port}, which {taken} needs, is taken by {name} (pid {os.getpid()})" in said.last
    assert lab.processes() == []
    assert not (lab.root / "current").exists()


def test_a_foreign_process_on_our_port_is_no_proof(deployed: Lab) -> None:
    deployed.invoke("stop").ok()
    argv = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(deployed.ports["sink"])]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as stranger:
        try:
            assert until(lambda: psutil.Process(stranger.pid).net_connections())
            said = deployed.invoke("start")
        finally:
            stranger.kill()

    assert said.code == 7
    assert f"(pid {stranger.pid})" in said.last
