from __future__ import annotations

import shutil
import socket
import subprocess
from typing import TYPE_CHECKING

import psutil
import pytest

from stack.exporters._messages import Answer, Route, text
from stack.exporters.resource_exporter.kinds import http, process, tcp

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stack.clients.http import Session

MOVED = Route("GET", "/moved", lambda _: Answer(b"", 302, headers={"Location": "/-/ready"}))
BUSY = Route("GET", "/busy", lambda request: text("busy", int(request.query.get("status", "503"))))


@pytest.fixture
def closed() -> str:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    ("path", "status", "up"),
    [
        ("/-/ready", (200,), True),
        ("", (404,), True),
        ("/busy", (200,), False),
        ("/busy?status=401", (200, 401), True),
        ("/moved", (200,), False),
        ("/moved", (302,), True),
    ],
)
def test_a_page_is_up_when_it_answers_with_an_expected_status(
    serve: Callable[..., Session], path: str, status: tuple[int, ...], up: bool
) -> None:
    assert http.check(serve((MOVED, BUSY)).base + path, status, timeout=5) is up


def test_a_page_that_nobody_serves_cannot_be_asked(closed: str) -> None:
    with pytest.raises(ConnectionRefusedError):
        http.check(f"http://{closed}/", timeout=5)


def test_a_page_that_never_comes_ends_with_the_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(TimeoutError):
        http.check(f"http://127.0.0.1:{silent.getsockname()[1]}/", timeout=0.05)


def test_a_page_behind_tls_is_asked_by_tls(serve: Callable[..., Session]) -> None:
    with pytest.raises(OSError, match=r"(?i)ssl|wrong version|record layer"):
        http.check(serve().base.replace("http:", "https:") + "/-/ready", timeout=5)


def test_an_address_is_up_while_something_listens(closed: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert tcp.check(f"127.0.0.1:{server.getsockname()[1]}", timeout=5)
    with pytest.raises(ConnectionRefusedError):
        tcp.check(closed, timeout=5)


def test_a_process_is_up_until_it_ended_even_while_nobody_has_taken_its_exit_code(
    tmp_path: Path, eventually: Callable[[Callable[[], object]], None]
) -> None:
    program = shutil.copy(shutil.which("sleep") or "", tmp_path / "own-program")
    assert not process.check("own-program", timeout=5)
    with subprocess.Popen([program, "60"]) as running:
        assert process.check("own-program", timeout=5)
        running.kill()
        eventually(lambda: psutil.Process(running.pid).status() == psutil.STATUS_ZOMBIE)
        assert not process.check("own-program", timeout=5)
