"""A browser is shown a Grafana that somebody has logged in to, and nobody else is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests
from werkzeug import Response

from stack.clients.grafana.door import Door, opened
from stack.clients.http import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_httpserver import HTTPServer
    from werkzeug import Request


@pytest.fixture
def door(httpserver: HTTPServer) -> Iterator[Door]:
    def said(request: Request) -> Response:
        login = request.authorization
        body = (
            f"{request.method} {request.full_path} {login and login.password} {request.get_data().decode()}"
        )
        return Response(body + (request.headers.get("Origin") or ""), content_type="text/x-said")

    httpserver.expect_request("/d/node").respond_with_handler(said)
    httpserver.expect_request("/api/ds/query").respond_with_handler(said)
    with opened(Session(httpserver.url_for("").rstrip("/"), auth=("admin", "made up"))) as made:
        yield made


def test_who_brings_a_ticket_sees_it_logged_in_and_asks_as_a_page_does(door: Door) -> None:
    with requests.Session() as browser:
        page = browser.get(door.ticket("/d/node?kiosk"), timeout=5)
        assert page.text == "GET /d/node?kiosk made up "
        assert page.headers["Content-Type"] == "text/x-said"
        assert page.url == f"{door.base}/d/node?kiosk"
        asked = browser.post(f"{door.base}/api/ds/query", "{}", headers={"Origin": door.base}, timeout=5)
        assert asked.text == "POST /api/ds/query? made up {}"
        assert browser.get(f"{door.base}/api/live/ws", timeout=5).status_code == 404


@pytest.mark.parametrize("cookie", [None, "door=guessed", "door=", "what=ever", "\x7f;;="])
def test_nobody_else_is_let_in(door: Door, cookie: str | None, httpserver: HTTPServer) -> None:
    headers = {"Cookie": cookie} if cookie else {}
    answer = requests.get(f"{door.base}/d/node", headers=headers, timeout=5)
    assert answer.status_code == 403
    assert httpserver.log == []


def test_a_ticket_that_was_read_in_an_argument_list_is_spent(door: Door, httpserver: HTTPServer) -> None:
    ticket = door.ticket("/d/node")
    assert requests.get(ticket, timeout=5, allow_redirects=False).status_code == 302
    assert requests.get(ticket, timeout=5).status_code == 403
    assert httpserver.log == []


def test_a_grafana_that_is_gone_is_said_and_the_door_closes_behind_us() -> None:
    with opened(Session("http://127.0.0.1:9")) as door, requests.Session() as browser:
        assert browser.get(door.ticket("/d/node"), timeout=5).status_code == 502
    with pytest.raises(requests.ConnectionError):
        requests.get(door.base, timeout=1)
