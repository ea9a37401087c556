"""Which alerts an inhibition can concern."""

from __future__ import annotations

from typing import Any

from promql_parser import parse

from stack.alerting.inhibitions import Concerned, concerned
from stack.alerting.known import Sender

ALERTS = [
    {"alert": "Down", "expr": "up == 0", "labels": {"severity": "page"}},
    {"alert": "Full", "expr": "max by (instance) (full) > 1", "labels": {"severity": "page"}},
    {"alert": "Slow", "expr": "sum by (service) (slow) > 1", "labels": {"severity": "info"}},
    {"alert": "Quiet", "expr": "sum(writes) == 0", "labels": {"severity": "info"}},
]


def sides(source: str, target: str, *equal: str) -> Concerned:
    rule: dict[str, Any] = {"source_matchers": [source], "target_matchers": [target], "equal": list(equal)}
    found = concerned(rule, [Sender({}, parse).sends(body) for body in ALERTS])
    assert found
    return found


def test_the_sides_are_the_alerts_that_may_match() -> None:
    found = sides('severity="page"', 'service!=""')

    assert [one.fixed["alertname"] for one in found.sources] == ["Down", "Full"]
    assert [one.fixed["alertname"] for one in found.targets] == ["Down", "Slow"]


def test_it_applies_where_two_may_be_equal() -> None:
    assert sides('severity="page"', 'severity="info"', "service").applies
    assert sides('alertname="Full"', 'alertname="Quiet"', "service").applies
    assert not sides('severity="page"', 'severity="info"', "alertname").applies
    assert not sides('severity="page"', 'severity="critical"').applies


def test_a_side_lacks_what_all_of_its_alerts_drop() -> None:
    assert sides('alertname="Full"', 'severity="info"').lacking("service") == (True, False)
    assert sides('severity="page"', 'alertname="Slow"').lacking("instance") == (False, True)


def test_two_that_lack_a_label_are_named() -> None:
    assert sides('severity="page"', 'severity="info"').both_lacking("service") == ("Full", "Quiet")
    assert sides('severity="page"', 'alertname="Slow"').both_lacking("service") is None


def test_matchers_that_cannot_be_read_say_nothing() -> None:
    assert concerned({"source_matchers": ["no matcher"]}, []) is None
