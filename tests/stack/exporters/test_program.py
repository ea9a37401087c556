from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_plain

from stack.clients.http import Session
from stack.exporters._server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROGRAMS = ("command_center", "resource_exporter", "sink")
CONFIG = {"env": "test", "resources": [], "watchdog": {"forward_file": ""}}


def _arguments(name: str, folder: Path) -> list[str]:
    if name != "resource_exporter":
        return []
    config = folder / "resources.json"
    config.write_text(json.dumps(CONFIG))
    return [f"--config={config}"]


def _start(name: str, *arguments: str) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", f"stack.exporters.{name}", *arguments]
    return subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@contextmanager
def _running(name: str, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], Session]]:
    with _start(name, "--listen=127.0.0.1:0", *arguments) as process:
        try:
            assert process.stderr is not None
            said = process.stderr.readline()
            assert said.startswith("listening on http://127.0.0.1:"), said
            yield process, Session(said.split()[-1])
        finally:
            process.kill()


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_program_answers_its_common_pages_and_ends_cleanly_when_told(
    name: str, number: signal.Signals, tmp_path: Path
) -> None:
    with _running(name, *_arguments(name, tmp_path)) as (process, session):
        ready, healthy = session.get("/-/ready"), session.get("/-/healthy")
        plain = session.get("/metrics").text
        openmetrics = session.request(
            "GET", "/metrics", headers={"Accept": "application/openmetrics-text;version=1.0.0"}
        )
        process.send_signal(number)
        out, err = process.communicate(timeout=20)

    assert (ready.text, healthy.text) == ("ready\n", "healthy\n")
    assert [one.name for one in parse_plain(plain)] == [
        one.name
        for one in parse_openmetrics(openmetrics.text)  # type: ignore[no-untyped-call]
    ]
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_taken_port_ends_a_program_with_one_line(name: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        address = f"127.0.0.1:{other.getsockname()[1]}"
        process = _start(name, f"--listen={address}", *_arguments(name, tmp_path))
        out, err = process.communicate(timeout=20)

    assert (process.returncode, out) == (1, "")
    assert err == f"{name}: cannot listen on {address}: Address already in use; see --listen\n"


@pytest.mark.parametrize(
    ("name", "arguments", "line"),
    [
        (
            "resource_exporter",
            ["--config={}/none.json"],
            "cannot read {}/none.json: No such file or directory",
        ),
        ("sink", ["--store={}"], "cannot read the store {}: Is a directory"),
    ],
)
def test_a_program_that_cannot_begin_says_why_in_one_line(
    name: str, arguments: list[str], line: str, tmp_path: Path
) -> None:
    process = _start(name, "--listen=127.0.0.1:0", *(word.format(tmp_path) for word in arguments))
    out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (1, "", f"{name}: {line.format(tmp_path)}\n")


@pytest.mark.parametrize("written", ["9095", "host:", "host:ninety", "host:70000"])
def test_a_listening_address_must_be_a_host_and_a_port(
    written: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        import_module("stack.exporters.sink.__main__").main(["--listen", written])

    assert f"'{written}' is no address; write it like 127.0.0.1:9199" in capsys.readouterr().err


@pytest.mark.parametrize("name", PROGRAMS)
def test_main_gives_0_after_a_signal_and_puts_the_handlers_back(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_forever, answers = Server.serve_forever, []

    def serve_one_and_be_told(server: Server, *args: Any) -> None:
        thread = threading.Thread(target=serve_forever, args=(server, 0.01))
        thread.start()
        answers.append(Session(server.url).get("/-/ready").text)
        server.shutdown()
        thread.join()
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(Server, "serve_forever", serve_one_and_be_told)
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    main = import_module(f"stack.exporters.{name}.__main__").main

    assert main(["--listen=127.0.0.1:0", *_arguments(name, tmp_path)]) == 0
    assert answers == ["ready\n"]
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before


def test_main_gives_1_where_it_cannot_begin(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main = import_module("stack.exporters.sink.__main__").main

    assert main(["--listen=127.0.0.1:0", f"--store={tmp_path}"]) == 1
    assert capsys.readouterr().err.startswith("sink: cannot read the store")
