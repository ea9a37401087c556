from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from werkzeug import Response

from stack.exporters.resource_exporter.relay import Relay

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer
    from werkzeug import Request

    Eventually = Callable[[Callable[[], object]], None]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def address(tmp_path: Path, httpserver: HTTPServer) -> Path:
    path = tmp_path / "watchdog_url"
    path.write_text(httpserver.url_for("/ping/s3cret") + "\n")
    return path


def test_a_beat_reaches_the_address_in_the_file_as_it_came(
    httpserver: HTTPServer, address: Path, eventually: Eventually
) -> None:
    httpserver.expect_request("/ping/s3cret", "POST", data=b'{"a": 1}').respond_with_data("ok")
    relay = Relay()
    relay.pass_on(b'{"a": 1}', address)

    eventually(lambda: httpserver.log)
    httpserver.check()
    assert relay.failures == 0


@pytest.mark.parametrize("content", ["ftp://h/s3cret", "http://127.0.0.1:1/s3cret", "s3cret", "", None])
def test_a_beat_that_cannot_be_passed_on_is_counted_and_the_address_is_told_to_nobody(
    content: str | None, tmp_path: Path, eventually: Eventually, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "watchdog_url"
    if content is not None:
        path.write_text(content)
    relay = Relay()
    relay.pass_on(b"{}", path)

    eventually(lambda: relay.failures == 1)
    eventually(lambda: not relay._free.locked())
    said = capsys.readouterr().err
    assert said.startswith("the beat was not passed on: ")
    assert "s3cret" not in said


def test_a_refused_beat_is_a_failure(httpserver: HTTPServer, address: Path, eventually: Eventually) -> None:
    httpserver.expect_request("/ping/s3cret").respond_with_data("no", status=500)
    relay = Relay()
    relay.pass_on(b"{}", address)

    eventually(lambda: relay.failures == 1)


def test_beats_do_not_pile_up_behind_a_slow_service(
    httpserver: HTTPServer, address: Path, eventually: Eventually
) -> None:
    go_on = threading.Event()

    def slow(request: Request) -> Response:
        go_on.wait(20)
        return Response("ok")

    httpserver.expect_request("/ping/s3cret").respond_with_handler(slow)
    relay = Relay()
    for _ in range(3):
        relay.pass_on(b"{}", address)
    assert relay.failures == 2

    go_on.set()
    eventually(lambda: len(httpserver.log) == 1 and not relay._free.locked())
    relay.pass_on(b"{}", address)
    eventually(lambda: len(httpserver.log) == 2)
    assert relay.failures == 2
