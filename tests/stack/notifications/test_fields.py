"""A receiver says what is ours where it says nothing itself, and keeps every word of its own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.notifications.fields import INTEGRATIONS, filled


@pytest.mark.parametrize("kind", sorted(INTEGRATIONS))
def test_an_endpoint_is_enough(kind: str) -> None:
    made = filled({"name": "team", kind: [{"endpoint": "x"}, {}]})

    assert made["name"] == "team"
    assert made[kind] == [{"endpoint": "x", **INTEGRATIONS[kind]}, INTEGRATIONS[kind]]


def test_what_is_written_stays_also_where_it_is_empty() -> None:
    own = {"title": "mine", "text": "", "color": None, "send_resolved": False}
    made = filled({"slack_configs": [own]})["slack_configs"][0]

    assert {key: made[key] for key in own} == own
    assert "monitoring.slack.title" in made["fallback"]


def test_a_part_of_the_details_is_kept_and_the_rest_filled_in() -> None:
    made = filled({"pagerduty_configs": [{"details": {"firing": "mine", "team": "us"}, "links": []}]})
    config = made["pagerduty_configs"][0]

    assert (config["details"]["firing"], config["details"]["team"]) == ("mine", "us")
    assert "num_resolved" in config["details"]
    assert config["links"] == []


@pytest.mark.parametrize("name", ["Subject", "subject", "SUBJECT"])
def test_a_subject_is_known_however_it_is_spelt(name: str) -> None:
    made = filled({"email_configs": [{"to": "a", "headers": {name: "mine", "Reply-To": "b"}}]})

    assert made["email_configs"][0]["headers"] == {name: "mine", "Reply-To": "b"}


ANYTHING = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)
KINDS = st.sampled_from([*INTEGRATIONS, "webhook_configs", "name"])


@given(st.dictionaries(KINDS, ANYTHING, max_size=3))
def test_nothing_that_is_written_is_lost_whatever_it_is(receiver: dict[str, Any]) -> None:
    made = filled(receiver)

    assert made.keys() == receiver.keys()
    assert filled(made) == made
    for kind, members in receiver.items():
        if not isinstance(members, list):
            assert made[kind] == members
            continue
        for before, after in zip(members, made[kind], strict=True):
            assert (after.items() >= before.items()) if isinstance(before, dict) else after == before
