"""A receiver that speaks to the sink keeps its protocol and its texts, and no address or secret."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.exporters.sink.mark import FIELD, HEADER, RECEIVER
from stack.notifications.to_sink import MARK, ROUTING_KEY, Sink, to_sink, without_endpoints

SINK = Sink(web="127.0.0.1:8", mail="127.0.0.1:9")
OUTSIDE = {"http_config": {"basic_auth": {"password_file": "secret"}}, "send_resolved": False}


def turned(name: str = "team", **integrations: Any) -> dict[str, Any]:
    return to_sink({"name": name, **integrations}, SINK)


def test_slack_keeps_its_channel_and_its_texts() -> None:
    own = {"channel": "#a", "text": "x", "fields": [{"title": "a", "value": "b"}]}
    secret = {"api_url_file": "secret", "app_token_file": "secret", "app_url": "u", "update_message": True}
    made = turned("on call/1", slack_configs=[{**own, **secret, **OUTSIDE}, {"fields": "wrong"}])

    assert made["slack_configs"][0] == {
        "api_url": "http://127.0.0.1:8/slack/on%20call/1",
        "channel": "#a",
        "text": "x",
        "send_resolved": False,
        "fields": [{"title": "a", "value": "b"}, {"title": FIELD, "value": MARK}],
    }
    assert made["slack_configs"][1]["fields"] == [{"title": FIELD, "value": MARK}]


def test_pagerduty_keeps_its_details_and_speaks_the_second_version_of_its_events() -> None:
    own = {"severity": "x", "details": {"a": "b"}, "client_url": "c"}
    for secret in ({"routing_key_file": "secret"}, {"service_key": "secret", "url": "https://elsewhere/"}):
        made = turned(pagerduty_configs=[{**own, **secret, **OUTSIDE}])

        assert made["pagerduty_configs"] == [
            {
                "url": "http://127.0.0.1:8/pagerduty/team/v2/enqueue",
                "routing_key": ROUTING_KEY,
                "severity": "x",
                "client_url": "c",
                "send_resolved": False,
                "details": {"a": "b", FIELD: MARK},
            }
        ]
    assert len(ROUTING_KEY) == 32


def test_mail_keeps_to_whom_it_goes_and_needs_neither_password_nor_certificate() -> None:
    own = {"to": "a@example.com", "headers": {"Subject": "x"}, "hello": "h", "html": ""}
    secret = {
        "auth_password_file": "s",
        "auth_username": "u",
        "tls_config": {"ca_file": "c"},
        "smarthost": "m:25",
        "require_tls": True,
        "force_implicit_tls": True,
    }
    made = turned("on call/1", email_configs=[{**own, **secret}])

    assert made["email_configs"] == [
        {
            "smarthost": "127.0.0.1:9",
            "require_tls": False,
            "to": "a@example.com",
            "hello": "h",
            "html": "",
            "headers": {"Subject": "x", RECEIVER: "on%20call%2F1", HEADER: MARK},
        }
    ]


def test_a_webhook_says_where_its_own_payload_is_missing() -> None:
    own = {"max_alerts": 5, "send_resolved": False}
    payload = {"url": "https://a/", "payload": {"a": "b"}}
    made = turned(webhook_configs=[{**own, "url_file": "secret"}, payload])

    assert made["webhook_configs"] == [
        {"url": "http://127.0.0.1:8/webhook/team", **own},
        {"url": "http://127.0.0.1:8/webhook/team?note=without%20its%20own%20payload", "send_resolved": True},
    ]


def test_any_other_kind_becomes_a_webhook_that_says_what_it_stands_in_for() -> None:
    made = turned(
        webhook_configs=[{"url": "https://a/"}],
        opsgenie_configs=[{"api_key_file": "secret", "send_resolved": False}, {"message": "x"}],
        strange_configs=["y"],
    )

    assert list(made) == ["name", "webhook_configs"]
    assert [config["url"].partition("?")[2] for config in made["webhook_configs"]] == [
        "",
        "note=in%20place%20of%20opsgenie",
        "note=in%20place%20of%20opsgenie",
        "note=in%20place%20of%20strange",
    ]
    assert [config.get("send_resolved") for config in made["webhook_configs"]] == [True, False, None, None]


@pytest.mark.parametrize("receiver", [{"name": "null"}, {"name": "null", "slack_configs": []}])
def test_who_tells_nobody_still_tells_nobody(receiver: dict[str, Any]) -> None:
    assert to_sink(receiver, SINK) == receiver


def test_global_settings_that_lead_outside_go_and_what_is_unknown_is_left_to_amtool() -> None:
    kept = {"resolve_timeout": "5m", "smtp_from": "a", "smtp_hello": "b", "external_url": "wrong"}
    gone = [
        "smtp_smarthost",
        "smtp_auth_password_file",
        "smtp_tls_config",
        "slack_api_url_file",
        "http_config",
        "pagerduty_url",
        "opsgenie_api_key_file",
        "telegram_bot_token_file",
        "jira_api_url",
        "webex_api_url",
    ]

    assert without_endpoints({**dict.fromkeys(gone, "x"), **kept}) == kept


KEYS = st.sampled_from(["details", "headers", "fields", "payload", "url", "text"]) | st.text(max_size=3)
ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
)
KINDS = st.sampled_from([f"{kind}_configs" for kind in ("slack", "pagerduty", "email", "webhook", "x")])
NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def members(receiver: dict[str, Any]) -> int:
    """Count the members of all lists."""
    return sum(len(value) for value in receiver.values() if isinstance(value, list))


@given(NAMES, st.dictionaries(KINDS, ANYTHING, min_size=1))
def test_whatever_a_receiver_is_each_member_is_turned(name: str, own: dict[str, Any]) -> None:
    made = to_sink({"name": name, **own}, SINK)

    assert (made["name"], members(made)) == (name, members(own))
