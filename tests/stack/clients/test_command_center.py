"""The switches of the simulated command center, on its real pages, and the sink's list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.clients.command_center import CommandCenter
from stack.clients.http import Session
from stack.clients.sink import Sink
from stack.errors import HttpFailed
from stack.exporters.command_center.api import routes
from tests.stack.clients.serving import serving

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer


def test_faults_are_switched_on_and_off() -> None:
    with serving(routes("local", lambda: 0.0)) as url:
        center = CommandCenter(Session(url))
        center.switch_on("outage", "crm")
        center.switch_on("down")
        assert center.faults()["active"] == [
            {"kind": "down", "service": None},
            {"kind": "outage", "service": "crm"},
        ]
        center.switch_off("outage", "crm")
        center.switch_off("outage", "crm")
        center.switch_off("down")
        assert center.faults()["active"] == []
        with pytest.raises(HttpFailed, match="404 there is no fault 'flood'"):
            center.switch_on("flood")


def test_what_arrived_is_asked_for_by_its_time(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/notifications", query_string={"since": "12.500000"}).respond_with_json(
        [{"receiver": "a"}]
    )

    assert Sink(Session(httpserver.url_for("").rstrip("/"))).notifications(since=12.5) == [{"receiver": "a"}]
