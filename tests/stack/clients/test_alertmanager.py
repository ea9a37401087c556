"""Alertmanager's API in the shapes of the real one, and what its counters say of each receiver."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from stack.clients.alertmanager import Alertmanager, Told
from stack.clients.http import Session
from stack.errors import HttpFailed

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

PAGE = r"""
# HELP alertmanager_notifications_total The total number of attempted notifications.
alertmanager_notifications_total{integration="webhook",receiver_name="a"} 3
alertmanager_notifications_failed_total{integration="webhook",reason="clientError",receiver_name="a"} 1
alertmanager_notifications_failed_total{integration="webhook",reason="other",receiver_name="a"} 1
alertmanager_notification_requests_total{integration="webhook",receiver_name="a"} 9
alertmanager_notification_requests_failed_total{integration="webhook",receiver_name="a"} 8
alertmanager_notification_latency_seconds_count{integration="webhook",receiver_name="a"} 3
alertmanager_notifications_total{integration="slack",receiver_name="with \"quotes\""} 1e+00
alertmanager_notifications_suppressed_total{reason="silence"} 4
"""


@pytest.fixture
def alertmanager(httpserver: HTTPServer) -> Alertmanager:
    return Alertmanager(Session(httpserver.url_for("").rstrip("/")))


def test_what_each_receiver_was_told_is_counted_by_kind(
    httpserver: HTTPServer, alertmanager: Alertmanager
) -> None:
    httpserver.expect_request("/metrics").respond_with_data(PAGE)

    assert alertmanager.told() == {
        ("a", "webhook"): Told(begun=3, failed=2, accepted=1, refused=8),
        ('with "quotes"', "slack"): Told(begun=1),
    }


def test_without_the_flag_nothing_is_counted_by_receiver(
    httpserver: HTTPServer, alertmanager: Alertmanager
) -> None:
    httpserver.expect_request("/metrics").respond_with_data(
        'alertmanager_notifications_total{integration="webhook"} 3\n'
    )

    assert alertmanager.told() == {}


def test_alerts_groups_silences_and_the_status_are_given_as_they_are(
    httpserver: HTTPServer, alertmanager: Alertmanager
) -> None:
    for path in ("alerts", "alerts/groups", "silences"):
        httpserver.expect_request(f"/api/v2/{path}").respond_with_json([{"path": path}])
    httpserver.expect_request("/api/v2/status").respond_with_json({"uptime": "now"})

    assert alertmanager.alerts() == [{"path": "alerts"}]
    assert alertmanager.groups() == [{"path": "alerts/groups"}]
    assert alertmanager.silences() == [{"path": "silences"}]
    assert alertmanager.status() == {"uptime": "now"}


def test_alerts_are_handed_in_and_silences_are_made_and_ended(
    httpserver: HTTPServer, alertmanager: Alertmanager
) -> None:
    httpserver.expect_request("/api/v2/alerts", method="POST").respond_with_data("")
    httpserver.expect_request("/api/v2/silences", method="POST").respond_with_json({"silenceID": "abc"})
    httpserver.expect_request("/api/v2/silence/a%2Fb", method="DELETE").respond_with_data("")
    httpserver.expect_request("/api/v2/silence/a/b", method="DELETE").respond_with_data("")

    alertmanager.post_alerts([{"labels": {"alertname": "A"}}])
    assert alertmanager.create_silence({"comment": "c"}) == "abc"
    alertmanager.expire_silence("a/b")
    bodies = [json.loads(request.data or b"null") for request, _ in httpserver.log]
    assert bodies == [[{"labels": {"alertname": "A"}}], {"comment": "c"}, None]


def test_what_is_refused_is_told_with_the_reason(httpserver: HTTPServer, alertmanager: Alertmanager) -> None:
    refusal: Any = "silence x not found"
    httpserver.expect_request("/api/v2/silence/x").respond_with_json(refusal, status=404)
    httpserver.expect_request("/api/v2/silences").respond_with_json("bad matcher", status=400)
    httpserver.expect_request("/api/v2/alerts").respond_with_json({"of": "another server"})

    with pytest.raises(HttpFailed, match=r"404 .*not found") as caught:
        alertmanager.expire_silence("x")
    assert caught.value.status == 404
    with pytest.raises(HttpFailed, match=r"400 .*bad matcher"):
        alertmanager.create_silence({})
    with pytest.raises(HttpFailed, match="none of Alertmanager's API"):
        alertmanager.alerts()
