"""The engine is asked in a version that both speak, and every way in which it fails is one line."""

from __future__ import annotations

import os
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from stack.exporters._messages import Answer, Route, document, text
from stack.exporters.discoverer.engine import NEWEST, Engine, EngineFailed, Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from stack.clients.http import Session

    Serve = Callable[..., Session]


def engine(serve: Serve, version: Any, *routes: Route) -> Engine:
    made = serve((Route("GET", "/version", lambda _: document(version)), *routes))
    return Engine(made.base.replace("http", "tcp"))


def spoken(newest: str, least: str = "1.12") -> dict[str, str]:
    return {"ApiVersion": newest, "MinAPIVersion": least}


@pytest.mark.parametrize(
    ("theirs", "used"), [("1.41", "1.41"), ("1.9", "1.9"), ("1.99", "1.51"), ("2.0", "1.51")]
)
def test_the_newest_version_that_both_speak_is_used(serve: Serve, theirs: str, used: str) -> None:
    asked = engine(serve, spoken(theirs), Route("GET", f"/v{used}/x", lambda _: document([1])))
    asked.negotiate()

    assert asked.get("/x") == [1]
    assert NEWEST == (1, 51)


def test_an_engine_that_speaks_only_newer_ones_is_told(serve: Serve) -> None:
    with pytest.raises(EngineFailed, match=r"^the engine speaks only API 1\.60 and newer, we 1\.51$"):
        engine(serve, spoken("1.70", "1.60")).negotiate()


@pytest.mark.parametrize(
    "version", [[], {}, {"ApiVersion": 3}, {"ApiVersion": "x", "MinAPIVersion": "1.1"}, None]
)
def test_what_is_no_engine_is_told(serve: Serve, version: Any) -> None:
    with pytest.raises(EngineFailed, match="what answers is no container engine"):
        engine(serve, version).negotiate()


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (text("no such page", 404), "/v1.41/x answers 404: no such page"),
        (document({"message": "port\nis taken"}, 500), "/v1.41/x answers 500: port is taken"),
        (Answer(b"{"), "broke off"),
    ],
)
def test_what_cannot_be_used_is_one_line(serve: Serve, given: Answer, line: str) -> None:
    asked = engine(serve, spoken("1.41"), Route("GET", "/v1.41/x", lambda _: given))
    asked.negotiate()

    with pytest.raises(EngineFailed) as told:
        asked.get("/x")
    assert line in str(told.value)
    assert "\n" not in str(told.value)


def test_what_is_done_or_so_already_is_well_and_a_refusal_is_one_line(serve: Serve) -> None:
    given = [Answer(b"", 204), Answer(b"", 304), document({"message": "port is taken"}, 500)]
    asked = engine(serve, spoken("1.41"), Route("POST", "/v1.41/x/start", lambda _: given.pop(0)))
    asked.negotiate()

    asked.post("/x/start", 5.0)
    asked.post("/x/start", 5.0)
    with pytest.raises(EngineFailed, match=r"/v1\.41/x/start answers 500: port is taken$"):
        asked.post("/x/start", 5.0)


def test_an_engine_that_is_away_or_silent_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match=r"No such file"):
        Engine(f"unix://{tmp_path}/none.sock").negotiate()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        asked = Engine(f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        asked.version = "1.41"
        with pytest.raises(EngineFailed, match="timed out"):
            asked.get("/x", timeout=0.05)


@pytest.mark.skipif(os.getuid() == 0, reason="root may use every socket")
def test_a_socket_that_we_may_not_use_is_told_apart(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{tmp_path}/engine.sock")
        (tmp_path / "engine.sock").chmod(0)
        with pytest.raises(Forbidden, match="may not use"):
            Engine(f"unix://{tmp_path}/engine.sock").negotiate()


def test_leaving_a_stream_ends_a_reader_that_waits(serve: Serve) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = Engine(f"tcp://127.0.0.1:{server.getsockname()[1]}")
        asked.version = "1.41"
        threading.Thread(target=_stream, args=(server,), daemon=True).start()
        seen: list[Any] = []
        with asked.stream("/events") as events:
            seen.append(next(events))
            reader = threading.Thread(target=lambda: seen.extend(events))
            reader.start()
        reader.join(5)

    assert not reader.is_alive()
    assert seen == [{"a": 1}]


def _stream(server: socket.socket) -> None:
    line, _ = server.accept()
    with line:
        line.recv(4096)
        line.sendall(b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a":1}\n\r\n')
        line.recv(4096)  # until the other side hangs up
