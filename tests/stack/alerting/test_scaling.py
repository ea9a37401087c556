"""The same stack in less time: rhythms are divided, thresholds are not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from promql_parser import parse

from stack.alerting.scaling import (
    scaled_alertmanager,
    scaled_duration,
    scaled_expression,
    scaled_prometheus,
    scaled_rules,
)
from stack.duration import seconds
from stack.emit import from_yaml
from stack.promql.syntax import nodes, reach

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "factor", "scaled"),
    [
        ("5m", 20, "15000ms"),
        ("1s", 20, "50ms"),
        ("1ms", 20, "1ms"),
        ("0s", 20, "0s"),
        ("1h30m", 1, "5400000ms"),
    ],
)
def test_a_duration_is_divided_and_never_becomes_nothing(text: str, factor: float, scaled: str) -> None:
    assert scaled_duration(text, factor) == scaled
    assert bool(seconds(scaled)) is bool(seconds(text))


@pytest.mark.parametrize(
    ("expression", "scaled"),
    [
        ("rate(x[5m]) > 5", "rate(x[15000ms]) > 5"),
        ("x > 5m", "x > 5m"),
        ("x offset 1h == 0", "x offset 180000ms == 0"),
        ("x OFFSET -1h", "x OFFSET -180000ms"),
        ("max_over_time(x[1h:5m])", "max_over_time(x[180000ms:15000ms])"),
        ("max_over_time(x[1h:])", "max_over_time(x[180000ms:])"),
        ("rate(x[300])", "rate(x[15000ms])"),
        ('x{a="[5m]"} # [5m]\n+ offset', 'x{a="[5m]"} # [5m]\n+ offset'),
        ("time() - x > 86400", "time() - x > 86400"),
        ("predict_linear(x[6h], 3600)", "predict_linear(x[1080000ms], 3600)"),
    ],
)
def test_an_expression_looks_less_far_back_and_compares_with_the_same(expression: str, scaled: str) -> None:
    assert scaled_expression(expression, 20) == scaled


def expressions() -> list[str]:
    """Give every expression of the shipped rules."""
    files = [
        from_yaml(path.read_text().replace("${{", "{{")) for path in sorted((ROOT / "rules").glob("*.yml"))
    ]
    rules = [rule for file in files for group in file["groups"] for rule in group["rules"]]
    return [rule["expr"] for rule in rules if "{{" not in rule["expr"]]


@pytest.mark.parametrize("expression", expressions())
@given(factor=st.sampled_from([1, 7, 20, 300]))
def test_every_shipped_expression_keeps_its_meaning(expression: str, factor: int) -> None:
    before, after = parse(expression), parse(scaled_expression(expression, factor))

    assert reach(after) == pytest.approx(reach(before) / factor, abs=0.002)
    assert [type(node) for node in nodes(after)] == [type(node) for node in nodes(before)]


def test_rules_and_their_groups_are_divided_and_their_labels_are_not() -> None:
    labels = {"for": "5m", "severity": "page"}
    rule = {"alert": "A", "expr": "rate(x[1m]) > 1", "for": "5m", "keep_firing_for": "10m", "labels": labels}
    document = {"groups": [{"name": "g", "interval": "10s", "rules": [rule, {"record": "r", "expr": "x"}]}]}
    (group,) = scaled_rules(document, 10)["groups"]

    assert group["interval"] == "1000ms"
    assert group["rules"][0] == {
        "alert": "A",
        "expr": "rate(x[6000ms]) > 1",
        "for": "30000ms",
        "keep_firing_for": "60000ms",
        "labels": labels,
    }
    assert group["rules"][1] == {"record": "r", "expr": "x"}
    assert scaled_rules({}, 10) == {"groups": []}


@pytest.mark.parametrize(
    ("job", "timeout"),
    [
        ({"scrape_interval": "5s"}, "500ms"),
        ({"scrape_interval": "5s", "scrape_timeout": "100ms"}, "100ms"),
        ({}, "1500ms"),
    ],
)
def test_a_time_limit_stays_but_never_exceeds_its_interval(job: dict[str, Any], timeout: str) -> None:
    document = {"global": {"scrape_interval": "15s", "scrape_timeout": "10s"}, "scrape_configs": [job]}
    scaled = scaled_prometheus(document, 10)

    assert scaled["global"]["scrape_interval"] == "1500ms"
    assert scaled["global"]["evaluation_interval"] == "6000ms"
    assert scaled["scrape_configs"][0]["scrape_timeout"] == timeout


def test_every_route_is_divided_also_where_only_alertmanagers_own_defaults_hold() -> None:
    inner = {"receiver": "b", "group_wait": "10s", "routes": [{"repeat_interval": "1h"}]}
    document = {
        "global": {"resolve_timeout": "5m", "smtp_from": "a"},
        "route": {"receiver": "a", "routes": [inner]},
    }
    scaled = scaled_alertmanager(document, 10)

    assert scaled["global"] == {"resolve_timeout": "30000ms", "smtp_from": "a"}
    assert scaled["route"]["group_interval"] == "30000ms"
    assert scaled["route"]["routes"][0]["group_wait"] == "1000ms"
    assert scaled["route"]["routes"][0]["routes"] == [{"repeat_interval": "360000ms"}]
