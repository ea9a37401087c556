"""Alertmanager's configuration: the watchdog's route first, the environment's own behind it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.services.alertmanager import DROP, WATCHDOG
from tests.stack.services.lab import document, stack

SLACK = {"name": "slack", "slack_configs": [{"channel": "#a", "api_url_file": "${{ secrets.hook }}"}]}
PAGER = {"name": "on call/1", "pagerduty_configs": [{"routing_key_file": "x"}]}
OWN: dict[str, Any] = {
    "global": {"resolve_timeout": "7m"},
    "route": {
        "receiver": "slack",
        "group_by": ["env"],
        "routes": [{"matchers": ['env="${{ env.name }}"'], "receiver": "on call/1"}],
    },
    "receivers": [SLACK, PAGER],
    "inhibit_rules": [{"source_matchers": ["a=b"], "target_matchers": ["c=d"]}],
    "time_intervals": [{"name": "night"}],
    "templates": ["own/*.tmpl"],
}


def configuration(**sections: Any) -> Any:
    given = {"alertmanager": OWN, "secrets": {"hook": "env:HOOK"}, **sections}
    return document(stack(**given), "alertmanager", "alertmanager.yml")


def test_the_watchdog_s_beats_reach_our_dead_man_before_any_other_route() -> None:
    made = configuration(notifications="real", ports={"resources": 9})
    first = made["route"]["routes"][0]

    assert first["matchers"] == ['alertname="Watchdog"']
    assert (first["receiver"], "continue" in first) == (WATCHDOG, False)
    assert "release" in first["group_by"]
    assert made["receivers"][0] == {
        "name": WATCHDOG,
        "webhook_configs": [{"url": "http://127.0.0.1:9/watchdog", "send_resolved": False}],
    }


def test_real_notifications_leave_everything_as_the_environment_says_it() -> None:
    made = configuration(notifications="real")

    slack, pager = made["receivers"][1:]
    own = {"channel": "#a", "api_url_file": "../../secrets/hook"}
    assert [slack["name"], pager["name"]] == ["slack", "on call/1"]
    assert slack["slack_configs"][0].items() >= own.items()
    assert pager["pagerduty_configs"][0]["routing_key_file"] == "x"
    assert made["route"]["routes"][1:] == [{"matchers": ['env="lab"'], "receiver": "on call/1"}]
    assert (made["route"]["receiver"], made["route"]["group_by"]) == ("slack", ["env"])
    for section in ("global", "inhibit_rules", "time_intervals"):
        assert made[section] == OWN[section]
    assert made["templates"] == ["templates/*.tmpl", "own/*.tmpl"]


def test_what_a_receiver_leaves_open_is_said_by_our_templates() -> None:
    slack, pager = configuration(notifications="real")["receivers"][1:]

    assert slack["slack_configs"][0]["title"] == '{{ template "monitoring.slack.title" . }}'
    assert pager["pagerduty_configs"][0]["severity"] == '{{ template "monitoring.severity" . }}'


def test_the_sink_takes_every_notification_and_names_and_routes_stay() -> None:
    own = {**OWN, "global": {"resolve_timeout": "7m", "smtp_from": "a@b", "smtp_auth_password_file": "s"}}
    made, real = configuration(ports={"sink": 8}, alertmanager=own), configuration(notifications="real")

    slack, pager = made["receivers"][1:]
    assert slack["slack_configs"][0]["api_url"] == "http://127.0.0.1:8/slack/slack"
    assert pager["pagerduty_configs"][0]["url"] == "http://127.0.0.1:8/pagerduty/on%20call/1/v2/enqueue"
    for text in ("channel", "title", "text", "color"):
        assert slack["slack_configs"][0][text] == real["receivers"][1]["slack_configs"][0][text]
    assert made["receivers"][0] == real["receivers"][0]
    assert made["route"] == real["route"]
    assert made["global"] == {"resolve_timeout": "7m", "smtp_from": "a@b"}
    assert "secrets" not in str(made), "a clone without any secret deploys"


def test_mails_go_to_the_sink_s_own_door() -> None:
    own = {"route": {"receiver": "mail"}, "receivers": [{"name": "mail", "email_configs": [{"to": "a@b"}]}]}
    made = configuration(alertmanager=own, ports={"sink_smtp": 25})

    assert made["receivers"][1]["email_configs"][0]["smarthost"] == "127.0.0.1:25"
    assert "global" not in made


@given(
    st.lists(
        st.text(st.characters(exclude_characters="$", exclude_categories=["Cs"]), min_size=1),
        unique=True,
        min_size=1,
        max_size=4,
    )
)
def test_any_receiver_keeps_its_name_and_gets_an_address_of_its_own(names: list[str]) -> None:
    hooks = [{"name": name, "webhook_configs": [{"url_file": "x"}]} for name in names]
    own = {"route": {"receiver": names[0]}, "receivers": hooks}
    spoken = configuration(alertmanager=own)["receivers"][1:]

    assert [receiver["name"] for receiver in spoken] == names
    assert len({receiver["webhook_configs"][0]["url"] for receiver in spoken}) == len(names)


@pytest.mark.parametrize("notifications", ["sink", "real"])
def test_an_environment_that_names_nobody_still_has_a_root_receiver(notifications: str) -> None:
    made = configuration(alertmanager={}, notifications=notifications)

    assert made["route"]["receiver"] == DROP
    assert [receiver["name"] for receiver in made["receivers"]] == [WATCHDOG, DROP]


def test_without_the_resource_exporter_there_is_nobody_to_hear_the_beat() -> None:
    made = configuration(disable={"services": ["resources"]})

    assert [receiver["name"] for receiver in made["receivers"]] == ["slack", "on call/1"]
    assert len(made["route"]["routes"]) == 1
