"""Few sets of labels that reach every receiver between them."""

from __future__ import annotations

from typing import Any

import pytest

from stack.alerting.reaching import letters
from stack.alerting.routes import reached

BASE = {"alertname": "Drill", "env": "prod", "severity": "info"}


def tree(*routes: dict[str, Any]) -> dict[str, Any]:
    return {"route": {"receiver": "root", "routes": list(routes)}}


PROD = tree(
    {"matchers": ['alertname="Watchdog"'], "receiver": "watchdog"},
    {"matchers": ['env="prod"', 'severity=~"page|warning"'], "receiver": "phone", "continue": True},
    {"matchers": ['env="prod"', 'severity=~"page|warning|info"'], "receiver": "channel"},
)


def test_few_letters_reach_every_receiver_and_the_watchdog_is_left_alone() -> None:
    posted, unreached = letters(PROD, BASE, frozenset({"watchdog"}))

    assert unreached == ()
    assert {name for letter in posted for name in letter.receivers} == {"phone", "channel", "root"}
    assert len(posted) == 2
    assert all(letter.labels["alertname"] == "Drill" for letter in posted)


@pytest.mark.parametrize(
    ("route", "label"),
    [
        ({"matchers": ['team=~"a.*|b"'], "receiver": "x"}, "team"),
        ({"matchers": ['team!=""'], "receiver": "x"}, "team"),
        ({"matchers": ['team!~"drill|a"', 'team=~".+"', 'team=~"other"'], "receiver": "x"}, "team"),
        ({"match": {"team": "a"}, "receiver": "x"}, "team"),
        ({"matchers": ['alertname="Special"'], "receiver": "x"}, "alertname"),
        ({"matchers": ['severity!~"info|page"'], "receiver": "x"}, "severity"),
    ],
)
def test_labels_are_found_that_meet_any_kind_of_matcher(route: dict[str, Any], label: str) -> None:
    configuration = tree(route)
    posted, unreached = letters(configuration, BASE)

    assert unreached == ()
    told = {name: letter for letter in posted for name in letter.receivers}
    assert [one.settings["receiver"] for one in reached(configuration, told["x"].labels)] == ["x"]
    assert told["x"].labels[label]


def test_a_receiver_that_nothing_reaches_is_named() -> None:
    shadowed = tree({"receiver": "all"}, {"matchers": ['a="b"'], "receiver": "never"})
    posted, unreached = letters(shadowed, BASE)

    assert unreached == ("never", "root")
    assert [letter.receivers for letter in posted] == [("all",)]


def test_a_tree_with_more_combinations_than_anybody_would_try_still_ends() -> None:
    routes = [
        {"matchers": [f'l{number}="{value}"'], "receiver": "x"} for number in range(30) for value in "ab"
    ]
    posted, _ = letters(tree(*routes), BASE)

    assert {name for letter in posted for name in letter.receivers} >= {"root"}


def test_no_route_no_letter() -> None:
    assert letters({}, BASE) == ((), ())
