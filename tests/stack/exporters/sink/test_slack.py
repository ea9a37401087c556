"""The sink's Slack door takes what Slack takes, and refuses in Slack's own words what Slack refuses."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.exporters._messages import Rejected, Request
from stack.exporters.sink.mark import FIELD
from stack.exporters.sink.protocols.slack import PROTOCOL

if TYPE_CHECKING:
    from stack.clients.http import Session

MARKED = {
    "title": "[FIRING:1] prod: Down",
    "text": "it is down",
    "fields": [
        {"title": "a", "value": "b"},
        {"title": FIELD, "value": '@firing; alerts "Down" "Up"; envs "prod"'},
    ],
}


def test_a_message_is_taken_by_its_mark_and_answered_with_just_two_letters(sink: Session) -> None:
    answer = sink.post("/slack/team/a%20b", {"channel": "#a", "attachments": [MARKED]})
    (kept,) = sink.json("/notifications")

    assert (answer.status_code, answer.text) == (200, "ok")
    assert (kept["receiver"], kept["protocol"], kept["status"]) == ("team/a b", "slack", "firing")
    assert (kept["alerts"], kept["envs"]) == (["Down", "Up"], ["prod"])
    assert (kept["title"], kept["payload"]["channel"]) == ("[FIRING:1] prod: Down", "#a")


@pytest.mark.parametrize(
    ("message", "status", "title"),
    [
        ({"text": "hello"}, "firing", "hello"),
        ({"text": "", "attachments": [{"fallback": "[RESOLVED] it"}]}, "resolved", "[RESOLVED] it"),
        ({"attachments": [{"fields": [{"title": FIELD, "value": "no mark"}]}]}, "firing", ""),
    ],
)
def test_a_message_of_anybody_else_is_taken_too(
    sink: Session, message: dict[str, Any], status: str, title: str
) -> None:
    assert sink.post("/slack/team", message).text == "ok"
    (kept,) = sink.json("/notifications")
    assert (kept["status"], kept["title"], kept["alerts"]) == (status, title, [])


@pytest.mark.parametrize(
    ("message", "word"),
    [
        ([], "invalid_payload"),
        ("text", "invalid_payload"),
        ({}, "no_text"),
        ({"text": " "}, "no_text"),
        ({"attachments": [{"title": "a"}, {"color": "good"}]}, "no_text"),
        ({"text": 7}, "invalid_payload"),
        ({"text": "a", "attachments": "b"}, "invalid_payload"),
        ({"attachments": ["a"]}, "invalid_payload"),
        ({"attachments": [{"text": "a", "fields": [{"title": "b"}]}]}, "invalid_payload"),
        ({"text": "a", "channel": ["#a"]}, "invalid_payload"),
        ({"attachments": [{"text": "a"}] * 101}, "too_many_attachments"),
    ],
)
def test_what_slack_refuses_is_refused_by_its_word(sink: Session, message: object, word: str) -> None:
    answer = sink.request("POST", "/slack/team", json=message)

    assert (answer.status_code, answer.text) == (400, word)
    assert sink.json("/notifications") == []


def test_what_is_no_json_is_refused(sink: Session) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    cut = sink.request("POST", "/slack/team", data=b'{"text": "a"', headers=headers)
    plain = sink.request("POST", "/slack/team", data=b'{"text": "a"}', headers={"Content-Type": "text/plain"})

    assert [(one.status_code, one.text) for one in (cut, plain)] == [(400, "invalid_payload")] * 2


KEYS = st.sampled_from(["text", "attachments", "fields", "title", "value", "channel"])
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
)


@given(ANYTHING)
def test_whatever_comes_is_taken_or_refused(message: Any) -> None:
    body, parts = json.dumps(message).encode(), {"receiver": "a"}
    with suppress(Rejected):
        PROTOCOL.read(Request("POST", "", body=body, media="application/json", parts=parts), 0.0).serialise()
