"""The engine is found as the `docker` command finds it, and its silence is one line."""

from __future__ import annotations

import gc
import hashlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from stack.clients.docker import address, answered, engine
from stack.errors import EngineRefused, EngineUnreachable, Refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Engine(BaseHTTPRequestHandler):
    """Answers as a real one: its version, an image it lacks, a stream that ends too early."""

    def do_GET(self) -> None:
        missing = self.path.endswith("/images/nothing/json")
        body = json.dumps({"message": "No such image: nothing"} if missing else {"ApiVersion": "1.41"})
        self.send_response(404 if missing else 200)
        self.send_header("Content-Type", "application/json")
        length = len(body) + (100 if self.path.endswith("/info") else 0)
        self.send_header("Content-Length", str(length))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *words: object) -> None:
        """Say nothing."""


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))


@pytest.fixture
def remote() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Engine)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"tcp://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def context(folder: Path, name: str, host: str, *, current: bool = True) -> None:
    meta = folder / "contexts" / "meta" / hashlib.sha256(name.encode()).hexdigest()
    meta.mkdir(parents=True)
    endpoints = {"docker": {"Host": host, "SkipTLSVerify": False}}
    document = {"Name": name, "Metadata": {}, "Endpoints": endpoints}
    (meta / "meta.json").write_text(json.dumps(document))
    (folder / "config.json").write_text(json.dumps({"currentContext": name} if current else {}))


def test_without_a_word_it_is_the_machine_s_own() -> None:
    assert address() == "unix:///var/run/docker.sock"


def test_the_current_context_is_followed(remote: str, tmp_path: Path) -> None:
    context(tmp_path, "far", remote)

    assert address() == remote
    assert engine().version()["ApiVersion"] == "1.41"


def test_one_named_by_a_variable_comes_before_it(
    remote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context(tmp_path, "away", "tcp://127.0.0.1:9")
    context(tmp_path, "near", remote, current=False)
    monkeypatch.setenv("DOCKER_CONTEXT", "near")

    assert address() == remote
    assert engine().version()["ApiVersion"] == "1.41"


def test_an_address_comes_before_any_context(
    remote: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context(tmp_path, "away", "tcp://127.0.0.1:9")
    monkeypatch.setenv("DOCKER_HOST", remote)

    assert address() == remote
    assert engine().version()["ApiVersion"] == "1.41"


def test_a_context_that_is_gone_is_not_the_machine_s_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")

    with pytest.raises(Refused, match="there is no Docker context gone"):
        engine()


def test_a_damaged_context_is_one_line(tmp_path: Path) -> None:
    context(tmp_path, "torn", "tcp://127.0.0.1:9")
    next(tmp_path.rglob("meta.json")).write_text("{")

    with pytest.raises(Refused, match="Docker context torn cannot be read: "):
        engine()


# The SDK lets go of a socket that it could not connect without closing it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_silence_names_the_address_the_reason_and_a_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = {
        f"unix://{tmp_path}/no.sock": "there is no such socket",
        "tcp://127.0.0.1:9": "nothing listens there",
        "tcp://nowhere.invalid:2375": "its name is not known",
    }
    for place, reason in places.items():
        monkeypatch.setenv("DOCKER_HOST", place)
        with pytest.raises(EngineUnreachable) as raised:
            engine()
        assert str(raised.value) == f"no Docker engine answers at {place}: {reason}"
        assert "DOCKER_HOST" in raised.value.advice
        del raised
        gc.collect()  # and the warning is this test's own


def test_a_socket_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stack.clients.docker.GREETING", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{mute.getsockname()[1]}")
        with pytest.raises(EngineUnreachable, match="no answer in time"):
            engine()


def test_a_password_in_an_address_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://me:hunter2@127.0.0.1:9")

    with pytest.raises(EngineUnreachable) as raised:
        engine()
    assert "hunter2" not in str(raised.value)


def test_what_the_engine_refuses_is_told_in_its_words(remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", remote)
    client = engine()

    with (
        pytest.raises(EngineRefused, match=r"cannot look at nothing: No such image: nothing$"),
        answered("look at nothing"),
    ):
        client.images.get("nothing")


def test_an_engine_that_goes_away_is_unreachable(remote: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", remote)
    client = engine()

    with pytest.raises(EngineUnreachable), answered("ask"):
        client.info()
