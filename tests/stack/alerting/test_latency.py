"""The longest way of an alert, part by part."""

from __future__ import annotations

from typing import Any

import pytest
from promql_parser import parse

from stack.alerting.latency import Bound, bounds

PROMETHEUS = {
    "global": {"scrape_interval": "15s", "evaluation_interval": "10s"},
    "scrape_configs": [
        {"job_name": "node"},
        {"job_name": "fast", "scrape_interval": "1s"},
        {"job_name": "slow", "scrape_interval": "1m"},
    ],
}
ROUTES = {"route": {"receiver": "a", "group_wait": "5s", "group_interval": "20s"}}


def rule(expression: str, record: str = "", **more: Any) -> dict[str, Any]:
    return {**({"record": record} if record else {"alert": "A"}), "expr": expression, **more}


def found(
    *groups: dict[str, Any], prometheus: dict[str, Any] = PROMETHEUS, alertmanager: dict[str, Any] = ROUTES
) -> list[Bound]:
    return list(bounds(prometheus, {"rules/a.yml": {"groups": list(groups)}}, alertmanager, parse))


def only(*groups: dict[str, Any]) -> Bound:
    [bound] = found(*groups)
    return bound


def test_the_parts_are_the_waits_and_the_sum_is_the_bound() -> None:
    bound = only({"rules": [rule('up{job="node"} == 0', **{"for": "5m"})]})

    assert (bound.file, bound.steps, bound.alert) == ("rules/a.yml", ("groups", 0, "rules", 0), "A")
    assert (bound.scrape, bound.recording, bound.evaluation, bound.held) == (15, 0, 10, 300)
    assert (bound.group_wait, bound.group_interval) == (5, 20)
    assert (bound.net, bound.total) == (45, 345)


@pytest.mark.parametrize(
    ("selector", "scrape"),
    [
        ('up{job="fast"}', 1),
        ('up{job=~"fast|node"}', 15),
        ('up{job="fast"} or up{job="node"}', 15),
        ("up", 60),
        ('up{job!="slow"}', 60),
        ('up{job="elsewhere"}', 60),
        ('rate({__name__="up", job="fast"}[5m])', 1),
        (r'up{job=~"fast\\z"}', 60),
        ("vector(1)", 0),
    ],
)
def test_the_scrape_is_that_of_the_job_that_is_named_else_the_slowest(selector: str, scrape: float) -> None:
    assert only({"rules": [rule(f"{selector} > 0")]}).scrape == scrape


def test_a_for_is_waited_for_in_whole_evaluations() -> None:
    bound = only({"interval": "40s", "rules": [rule("up == 0", **{"for": "1m"})]})

    assert (bound.evaluation, bound.pending, bound.held) == (40, 60, 80)
    assert bound.net == 60 + 40 + 20 + 20


def test_a_recording_costs_the_interval_of_its_group_unless_it_stands_before_in_the_same() -> None:
    one, two = rule('x{job="node"}', "one"), rule("one", "two")
    alert = rule("two > 0")

    def recording(*groups: dict[str, Any]) -> float:
        return only(*groups).recording

    assert recording({"rules": [one, two, alert]}) == 0
    assert recording({"rules": [alert, one, two]}) == 10
    assert recording({"rules": [two, one, alert]}) == 10
    assert recording({"interval": "30s", "rules": [one, two]}, {"rules": [alert]}) == 30
    assert recording({"interval": "30s", "rules": [one]}, {"rules": [two]}, {"rules": [alert]}) == 40
    assert recording({"interval": "30s", "rules": [one]}, {"rules": [two, alert]}) == 30


def test_of_several_ways_the_longest_counts() -> None:
    recorded = {"interval": "30s", "rules": [rule('x{job="fast"}', "one")]}

    assert only(recorded, {"rules": [rule('one > 0 or x{job="slow"} > 0')]}).scrape == 60
    both = only(recorded, {"rules": [rule('one > 0 or x{job="node"} > 0')]})
    assert (both.scrape, both.recording) == (1, 30)


def test_a_recording_of_itself_and_a_chain_without_an_end_come_to_an_end() -> None:
    assert only({"rules": [rule("one or x", "one"), rule("one > 0")]}).recording == 0
    chain = [{"rules": [rule(f"m{at + 1}", f"m{at}")]} for at in range(3000)]
    assert only(*chain, {"rules": [rule("m0 > 0")]}).recording > 500


def test_every_route_has_its_own_bound_and_what_nobody_says_is_the_programs_own() -> None:
    routes = {"route": {"receiver": "a", "routes": [{"matchers": ['team="x"'], "group_interval": "1h"}]}}
    deeper, root = found({"rules": [rule("up == 0")]}, prometheus={}, alertmanager=routes)

    assert (deeper.route.path, deeper.group_interval, deeper.evaluation) == ("route.routes.0", 3600, 60)
    assert (root.route.path, root.group_wait, root.group_interval, root.scrape) == ("route", 30, 300, 0)


@pytest.mark.parametrize("interval", ["soon", "9" * 400 + "s", None, [], "0s"])
def test_what_is_no_duration_is_left_to_the_tools(interval: Any) -> None:
    bound = only({"interval": interval, "rules": [rule("up == 0", **{"for": interval})]})

    assert bound.evaluation in {0, 10}
    assert bound.held == 0
