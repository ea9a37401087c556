"""The door to servers: an answer, or one line that names the address and what went wrong."""

from __future__ import annotations

import socket
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug import Response

from stack.clients.http import Session
from stack.errors import HttpFailed
from tests.contracts.tiny import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_httpserver import HTTPServer
    from werkzeug import Request


@pytest.fixture
def session(httpserver: HTTPServer) -> Session:
    return Session(httpserver.url_for("").rstrip("/"))


@pytest.fixture
def raw() -> Iterator[Callable[[bytes], Session]]:
    """Serve one connection with just these bytes."""
    servers: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def serve(data: bytes) -> Session:
        server = socket.create_server(("127.0.0.1", 0))
        servers.append(server)

        def answer() -> None:
            connection = server.accept()[0]
            with connection:
                connection.recv(65536)
                connection.sendall(data)

        threads.append(threading.Thread(target=answer))
        threads[-1].start()
        return Session(f"http://127.0.0.1:{server.getsockname()[1]}")

    yield serve
    for thread in threads:
        thread.join(10)
    for server in servers:
        server.close()


def test_a_page_and_a_document_are_given_with_their_parameters(
    httpserver: HTTPServer, session: Session
) -> None:
    httpserver.expect_request("/a", query_string={"query": "up == 0"}).respond_with_json({"a": [1]})

    assert session.json("/a", query="up == 0") == {"a": [1]}
    assert session.get("/a", query="up == 0").text.strip().startswith("{")


def test_a_document_is_posted_as_json_and_nothing_as_nothing(
    httpserver: HTTPServer, session: Session
) -> None:
    httpserver.expect_oneshot_request("/a", method="POST", json={"b": 1}).respond_with_data("taken")
    httpserver.expect_oneshot_request("/a", method="POST", data="").respond_with_data("taken, too")

    assert session.post("/a", {"b": 1}).text == "taken"
    assert session.post("/a").text == "taken, too"


def test_another_status_is_told_with_what_the_server_said(httpserver: HTTPServer, session: Session) -> None:
    httpserver.expect_request("/a").respond_with_data("  no such label\n" + 500 * "x", status=500)
    with pytest.raises(HttpFailed) as caught:
        session.get("/a", b="c")

    said = str(caught.value)
    assert said.startswith(f"GET {httpserver.url_for('/a')}?b=c: 500 no such label\n")
    assert len(said) < 400
    assert caught.value.status == 500
    with pytest.raises(HttpFailed, match=r"^POST .*/a: 500 no such"):
        session.post("/a")
    assert session.request("GET", "/a").status_code == 500


@pytest.mark.parametrize("body", ["<html>", "", "{", '{"a": 1} x'])
def test_an_answer_that_is_no_json_is_told(httpserver: HTTPServer, session: Session, body: str) -> None:
    httpserver.expect_request("/a").respond_with_data(body)

    with pytest.raises(HttpFailed, match=r"^GET .*/a: the answer is no JSON$") as caught:
        session.json("/a")
    assert caught.value.status is None


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(HttpFailed, match=r"^GET http://127.0.0.1:\d+/a: connection refused or cut$"):
        Session(f"http://127.0.0.1:{free_port()}").get("/a")


def test_a_server_that_says_nothing_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(HttpFailed, match=r"^GET .*: no answer in time$"):
            Session(base, timeout=0.1).get("/")
        with pytest.raises(HttpFailed, match=r"^POST .*: no answer in time$"):
            Session(base).post("/", timeout=0.1)


@pytest.mark.parametrize(
    "data",
    [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"],
)
def test_an_answer_that_is_cut_or_none_is_told(raw: Callable[[bytes], Session], data: bytes) -> None:
    with pytest.raises(HttpFailed, match=r"^GET http://127.0.0.1:\d+/a: .+"):
        raw(data).get("/a")


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(HttpFailed, match=r"^GET ftp://x/a: "):
        Session("ftp://x").get("/a")


def test_the_machine_s_own_settings_are_not_for_its_own_services(
    httpserver: HTTPServer,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("default login somebody password made-up\n")
    nowhere = f"http://127.0.0.1:{free_port()}"
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, nowhere)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, "/nonexistent")
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("NETRC", str(home / ".netrc"))

    def told(request: Request) -> Response:
        return Response(request.headers.get("Authorization", "nobody"))

    httpserver.expect_request("/a").respond_with_handler(told)
    assert session.get("/a").text == "nobody"


def test_a_login_is_sent_and_never_shown(httpserver: HTTPServer) -> None:
    own = Session(httpserver.url_for("").rstrip("/"), auth=("admin", "made up"))
    httpserver.expect_request(
        "/a", headers={"Authorization": "Basic YWRtaW46bWFkZSB1cA=="}
    ).respond_with_data("in")

    assert own.get("/a").text == "in"
    assert "made up" not in repr(own)


@pytest.fixture
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stack.clients.http.PAUSES", (0.0, 0.0))


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize(
    ("statuses", "ends"), [([500, 503, 200], 200), ([500, 500, 500], 500), ([401], 401), ([404], 404)]
)
def test_a_get_is_asked_again_where_the_server_failed_and_never_where_it_said_no(
    httpserver: HTTPServer, session: Session, statuses: list[int], ends: int
) -> None:
    for status in statuses:
        httpserver.expect_ordered_request("/a", method="GET").respond_with_data("x", status=status)
    patient = replace(session, retries=2)
    if ends == 200:
        assert patient.get("/a").ok
    else:
        with pytest.raises(HttpFailed) as failed:
            patient.get("/a")
        assert failed.value.status == ends
    assert len(httpserver.log) == len(statuses)


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_what_changes_something_is_asked_once(httpserver: HTTPServer, session: Session, method: str) -> None:
    httpserver.expect_request("/a").respond_with_data("x", status=500)
    patient = replace(session, retries=2)
    with pytest.raises(HttpFailed, match=method.upper()):
        getattr(patient, method)(*(("/a",) if method == "delete" else ("/a", {})))
    assert len(httpserver.log) == 1


@pytest.mark.usefixtures("_at_once")
def test_a_server_that_is_gone_is_asked_again_and_one_that_is_slow_is_not(
    httpserver: HTTPServer, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def count(asked: Session) -> int:
        tries: list[str] = []
        request = Session.request

        def counted(session: Session, method: str, path: str, **more: Any) -> Any:
            tries.append(path)
            return request(session, method, path, **more)

        monkeypatch.setattr(Session, "request", counted)
        with pytest.raises(HttpFailed):
            asked.get("/slow")
        monkeypatch.undo()
        monkeypatch.setattr("stack.clients.http.PAUSES", (0.0, 0.0))
        return len(tries)

    def late(_: Request) -> Response:
        time.sleep(0.5)
        return Response("late")

    httpserver.expect_request("/slow").respond_with_handler(late)
    assert count(Session(f"http://127.0.0.1:{free_port()}", retries=2)) == 3
    assert count(replace(session, retries=2, timeout=0.1)) == 1
