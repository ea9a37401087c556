"""Which alert keeps which other quiet."""

from __future__ import annotations

from typing import Any

from stack.alerting.known import Known
from stack.alerting.pairs import Pair, pairs

SEVERITIES = {"Down": "page", "Stale": "warning", "Other": "info"}
ALERTS = [
    Known({"alertname": name, "severity": severity}, added={"env": "prod"})
    for name, severity in SEVERITIES.items()
]


def found(*rules: dict[str, Any]) -> list[tuple[str, str]]:
    return [(pair.source, pair.target) for pair in pairs({"inhibit_rules": list(rules)}, ALERTS)]


def test_both_sides_must_be_met_as_far_as_labels_are_known() -> None:
    named = {
        "source_matchers": ['alertname="Down"'],
        "target_matchers": ['alertname="Stale"'],
        "equal": ["service"],
    }

    assert list(pairs({"inhibit_rules": ["nonsense", named]}, ALERTS)) == [
        Pair("Down", "Stale", ("service",), "inhibit_rules.1")
    ]
    wide = {
        "source_matchers": ['severity="page"'],
        "target_matchers": ['severity=~"warning|info"', 'team="a"'],
    }
    assert found(wide) == [("Down", "Stale"), ("Down", "Other")]
    assert found({**wide, "equal": ["alertname"]}) == []


def test_an_alert_is_no_pair_with_itself_and_what_cannot_be_read_is_none() -> None:
    assert found({"source_matchers": ['alertname="Down"'], "target_matchers": ['alertname="Down"']}) == []
    assert found({"source_matchers": ["no matcher at all"], "target_matchers": ['alertname="Down"']}) == []
    assert list(pairs({"inhibit_rules": "nonsense"}, ALERTS)) == []
