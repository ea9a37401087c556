"""A server without pages is probed by whether it takes a connection."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.discovery.live import prometheus
from tests.lab import until
from tests.rules.live import binary, port, running
from tests.stack.services.lab import stack

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.integration


def test_a_tcp_server_is_up_as_long_as_it_takes_connections(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"127.0.0.1:{server.getsockname()[1]}"
        probes = [{"target": address, "module": "tcp_connect"}]
        made = stack(probes=probes, ports={"blackbox": port()})
        blackbox = made.services["blackbox"]
        for path, data in blackbox.files(made).items():
            (tmp_path / "current" / "blackbox").mkdir(parents=True)
            (tmp_path / "current" / "blackbox" / path).write_bytes(data)
        words = [word.replace("{root}", str(tmp_path)) for word in blackbox.process(made).argv[1:]]
        with (
            running(binary("blackbox"), *words, folder=tmp_path),
            prometheus(made, tmp_path, job="blackbox-tcp") as watching,
        ):
            assert until(lambda: watching.ask("probe_success") == {address: 1.0})
            server.close()
            assert until(lambda: watching.ask("probe_success") == {address: 0.0})
            assert watching.ask("up") == {address: 1.0}, "the exporter answers all the same"
