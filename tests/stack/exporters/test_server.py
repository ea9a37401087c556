from __future__ import annotations

import socket
import struct
import threading
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stack.errors import StackError
from stack.exporters._messages import Answer, Request, Route, document, text
from stack.exporters._server import LONGEST_BODY, Server

if TYPE_CHECKING:
    from collections.abc import Callable

    from stack.clients.http import Session

    Serve = Callable[..., Session]
    Eventually = Callable[[Callable[[], object]], None]


def _echo(request: Request) -> Answer:
    return document({"parts": request.parts, "query": request.query, "body": request.body.decode()})


def _bug(request: Request) -> Answer:
    message = "a bug"
    raise RuntimeError(message)


ROUTES = (Route("POST", r"/echo/(?P<word>.+)", _echo), Route("GET", "/bug", _bug))


def _connection(session: Session) -> socket.socket:
    parts = urlsplit(session.base)
    return socket.create_connection((parts.hostname or "", parts.port or 0), 5)


def _said(session: Session, sent: bytes) -> bytes:
    with _connection(session) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


def _exchanges() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if "process_request_thread" in thread.name}


def test_path_parts_query_and_body_arrive_decoded(serve: Serve) -> None:
    answer = serve(ROUTES).request("POST", "/echo/a%20b/c?x=1&y=", data="ü".encode())

    assert answer.json() == {"parts": {"word": "a b/c"}, "query": {"x": "1", "y": ""}, "body": "ü"}


def test_one_connection_serves_many_requests_head_among_them(serve: Serve) -> None:
    connection = HTTPConnection(serve(ROUTES).base.removeprefix("http://"), timeout=5)
    bodies = []
    for method in ("GET", "HEAD", "GET"):
        connection.request(method, "/-/ready")
        with connection.getresponse() as response:
            bodies.append((response.status, response.headers["Content-Length"], response.read()))
    connection.close()

    assert bodies == [(200, "6", b"ready\n"), (200, "6", b""), (200, "6", b"ready\n")]


def test_head_gives_the_head_alone(serve: Serve) -> None:
    said = _said(serve(), b"HEAD /-/ready HTTP/1.1\r\n\r\n")

    assert b"Content-Length: 6\r\n" in said
    assert said.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("method", "path", "status", "line"),
    [
        ("GET", "/nowhere", 404, "there is no page /nowhere"),
        ("PUT", "/-/ready", 405, "/-/ready takes only GET"),
        ("GET", "/echo/x", 405, "/echo/x takes only POST"),
    ],
)
def test_what_is_not_there_is_answered_with_one_line(
    serve: Serve, method: str, path: str, status: int, line: str
) -> None:
    answer = serve(ROUTES).request(method, path)

    assert (answer.status_code, answer.text) == (status, f"{line}\n")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (f"Content-Length: {LONGEST_BODY + 1}", b"413"),
        (f"Content-Length: {'9' * 5000}", b"413"),
        ("Content-Length: -1", b"400"),
        ("Content-Length: many", b"400"),
        ("Transfer-Encoding: chunked", b"411"),
    ],
)
def test_a_body_without_a_sensible_length_is_refused_unread(serve: Serve, header: str, status: bytes) -> None:
    said = _said(serve(ROUTES), f"POST /echo/x HTTP/1.1\r\n{header}\r\n\r\n".encode())

    assert said.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in said


def test_a_client_that_hangs_up_amid_its_body_is_forgotten_without_a_word(
    serve: Serve, eventually: Eventually, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Request] = []
    others = _exchanges()

    def see(request: Request) -> Answer:
        seen.append(request)
        return text("seen")

    session = serve((Route("POST", "/", see),))

    assert _said(session, b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf") == b""
    eventually(lambda: _exchanges() <= others)
    assert seen == []
    assert capsys.readouterr().err == ""


def test_a_client_that_does_not_wait_for_its_answer_is_forgotten_without_a_word(
    serve: Serve, eventually: Eventually, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, gone = threading.Event(), threading.Event()
    others = _exchanges()

    def late(request: Request) -> Answer:
        asked.set()
        gone.wait(20)
        return Answer(b"x" * 10_000_000)

    session = serve((Route("GET", "/late", late),))
    with _connection(session) as connection:
        connection.sendall(b"GET /late HTTP/1.1\r\n\r\n")
        assert asked.wait(20)
        # A reset rather than a polite end: writing to it fails at once.
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    gone.set()

    eventually(lambda: _exchanges() <= others)
    assert capsys.readouterr().err == ""
    assert session.get("/-/ready").text == "ready\n"


def test_a_bug_in_a_page_keeps_its_traceback_to_the_log(
    serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    session = serve(ROUTES)
    answer = session.request("GET", "/bug")

    assert (answer.status_code, answer.text) == (500, "internal error; the program's log has more\n")
    assert "RuntimeError: a bug" in capsys.readouterr().err
    assert session.get("/-/ready").ok


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.sampled_from([b"", b"GET ", b"POST /echo/x HTTP/1.1\r\n"]), rest=st.binary(max_size=200))
def test_no_bytes_bring_the_server_down(
    serve: Serve, capsys: pytest.CaptureFixture[str], start: bytes, rest: bytes
) -> None:
    session = serve(ROUTES)

    _said(session, start + rest + b"\r\n\r\n")

    assert session.get("/-/ready").ok
    assert "Traceback" not in capsys.readouterr().err


def test_an_address_that_cannot_be_had_is_named() -> None:
    with pytest.raises(StackError, match=r"cannot listen on no\.such\.host\.invalid:0: .+; see --listen"):
        Server(("no.such.host.invalid", 0))
