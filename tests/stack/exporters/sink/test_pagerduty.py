"""The sink's PagerDuty door takes what the Events API v2 takes, and names the faults of what it refuses."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.exporters._messages import Rejected, Request
from stack.exporters.sink.mark import FIELD
from stack.exporters.sink.protocols.pagerduty import LARGEST, PROTOCOL

if TYPE_CHECKING:
    from stack.clients.http import Session

DOOR = "/pagerduty/on%20call/v2/enqueue"
PAYLOAD = {"summary": "prod: Down", "source": "Alertmanager", "severity": "critical"}
EVENT: dict[str, Any] = {
    "routing_key": "k" * 32,
    "event_action": "trigger",
    "dedup_key": "d",
    "payload": {**PAYLOAD, "custom_details": {FIELD: '@firing; alerts "Down"; envs "prod"'}},
    "links": [{"href": "https://a/", "text": "a"}],
}


def test_an_event_is_taken_by_its_mark_and_answered_with_its_key(sink: Session) -> None:
    answer = sink.post(DOOR, EVENT)
    (kept,) = sink.json("/notifications")

    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "d"}
    assert (kept["receiver"], kept["protocol"], kept["status"]) == ("on call", "pagerduty", "firing")
    assert (kept["alerts"], kept["envs"], kept["title"]) == (["Down"], ["prod"], "prod: Down")


@pytest.mark.parametrize(("action", "status"), [("resolve", "resolved"), ("acknowledge", "firing")])
def test_an_end_needs_no_more_than_its_key(sink: Session, action: str, status: str) -> None:
    sink.post(DOOR, {"routing_key": "k" * 32, "event_action": action, "dedup_key": "d"})
    (kept,) = sink.json("/notifications")

    assert (kept["status"], kept["alerts"], kept["title"]) == (status, [], "")


def test_a_trigger_without_a_key_is_given_one(sink: Session) -> None:
    event = {key: value for key, value in EVENT.items() if key != "dedup_key"}

    assert sink.post(DOOR, event).json()["dedup_key"]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"routing_key": "short"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"routing_key": None}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"event_action": "fire"}, "'event_action' must be one of trigger, acknowledge, resolve"),
        ({"dedup_key": "d" * 256}, "'dedup_key' must be a string of at most 255 characters"),
        ({"event_action": "resolve", "dedup_key": ""}, "'dedup_key' is missing or blank"),
        ({"payload": {**PAYLOAD, "summary": " "}}, "'payload.summary' is missing or blank"),
        ({"payload": {**PAYLOAD, "summary": "s" * 1025}}, "'payload.summary' is longer than 1024 characters"),
        ({"payload": {**PAYLOAD, "source": ""}}, "'payload.source' is missing or blank"),
        (
            {"payload": {**PAYLOAD, "severity": "page"}},
            "'payload.severity' must be one of critical, error, warning, info",
        ),
        ({"links": [{"href": "", "text": "a"}]}, "'links.href' is missing or blank"),
    ],
)
def test_an_invalid_event_is_refused_with_its_fault(
    sink: Session, change: dict[str, Any], fault: str
) -> None:
    answer = sink.request("POST", DOOR, json={**EVENT, **change})

    assert answer.status_code == 400
    assert answer.json() == {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": [fault],
    }
    assert sink.json("/notifications") == []


def test_what_is_no_event_at_all_or_too_large_is_refused(sink: Session) -> None:
    json_type = {"Content-Type": "application/json"}
    cut = sink.request("POST", DOOR, data=b"{", headers=json_type)
    plain = sink.request("POST", DOOR, data=json.dumps(EVENT).encode())
    large = sink.request("POST", DOOR, json={**EVENT, "client": "c" * LARGEST})

    assert [one.status_code for one in (cut, plain, large)] == [400, 400, 413]
    assert len(plain.json()["errors"]) >= 2
    assert sink.json("/notifications") == []


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(EVENT, ANYTHING)), st.booleans())
def test_whatever_comes_is_taken_or_refused(change: dict[str, Any], whole: bool) -> None:
    body = json.dumps({**(EVENT if whole else {}), **change}).encode()
    request = Request("POST", "", body=body, media="application/json", parts={"receiver": "a"})
    with suppress(Rejected):
        PROTOCOL.taken(PROTOCOL.read(request, 0.0))
