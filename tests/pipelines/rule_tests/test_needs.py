"""Which rules a test needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipelines.rule_tests.gathering import ruleset_of
from pipelines.rule_tests.jobs import Bench
from pipelines.rule_tests.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.core.check import Inspection

RULES = """
groups:
  - name: a
    rules:
      - {record: r1, expr: sum(m1)}
      - {record: r2, expr: r1 * 2}
      - {record: r3, expr: sum(m3)}
      - {record: r3, expr: sum(n3), labels: {of: n}}
      - {alert: A1, expr: r2 > 1, labels: {severity: page}}
      - {alert: A2, expr: sum(m2) > 1, labels: {severity: info}}
      - {alert: A2, expr: sum(m3) > 1, labels: {severity: "{{ $value }}"}}
      - {record: r4, expr: 'count(ALERTS{alertname="A1"})'}
      - {record: loop1, expr: loop2 + 1}
      - {record: loop2, expr: loop1 + 1}
"""
WHOLE = "r1 r2 r3 r3 A1 A2 A2 r4 loop1 loop2"


def needed(inspect: Callable[..., Inspection], test: dict[str, Any], rules: str = RULES) -> tuple[str, str]:
    """Give the names of the rules that a test asks for, and of those that are loaded for it."""
    tests = {"a_test": {"rule_files": ["../a.yml"], "tests": [test]}}
    inspection = inspect({"a": rules}, tests)
    (suite,) = ruleset_of(inspection).suites
    bench = Bench(suite, Reading(inspection.syntax).rules(suite.files))
    need = bench.tests[0].need

    def names(wanted: frozenset[Any]) -> str:
        return " ".join(made.rule.name for made in bench.rules.all if made in wanted)

    return names(need.named), names(need.loaded)


def asking(expression: str) -> dict[str, Any]:
    return {"promql_expr_test": [{"expr": expression, "eval_time": "1m"}]}


@pytest.mark.parametrize(
    ("expression", "named"),
    [
        ("m1", ""),
        ("vector(1)", ""),
        ("r1", "r1"),
        ("r2", "r1 r2"),
        ("r3", "r3 r3"),
        ('r3{of="o"}', "r3"),
        ("topk(scalar(r1), m)", "r1"),
        ("r4", "r1 r2 A1 r4"),
        ("loop1", "loop1 loop2"),
        ("ALERTS", "r1 r2 A1 A2 A2"),
        ('ALERTS{alertname=~"A.", severity="info"}', "A2 A2"),
        ('ALERTS_FOR_STATE{alertname="A1", alertstate="x", more="y"}', "r1 r2 A1"),
        ('{__name__="r1"}', "r1"),
        ('{__name__=~"r."}', WHOLE),
        ("1 +", WHOLE),
        ("info(m1)", WHOLE),
    ],
)
def test_the_rules_behind_an_expression_are_found_through_all_they_rest_on(
    inspect: Callable[..., Inspection], expression: str, named: str
) -> None:
    assert needed(inspect, asking(expression))[0] == named


def test_an_alert_is_needed_by_each_rule_of_its_name(inspect: Callable[..., Inspection]) -> None:
    cases = [{"alertname": "A2", "eval_time": "1m"}, {"alertname": "none", "eval_time": "1m"}]
    assert needed(inspect, {"alert_rule_test": cases})[0] == "A2 A2"
    test = {"alert_rule_test": cases, "input_series": [{"series": "m2", "values": "1"}]}
    assert needed(inspect, test) == ("A2 A2", "A2"), "the other has nothing to see"


@pytest.mark.parametrize(
    ("rule", "series", "loaded"),
    [
        ("{record: x, expr: m / n}", ["m", "n"], True),
        ("{record: x, expr: m / n}", ["o"], False),
        ("{record: x, expr: m / 2}", ["m"], False),
        ("{record: x, expr: m and n}", ["m", "n"], False),
        ('{record: x, expr: \'m{a="1"} / n{a="1"}\'}', ['m{a="2"}', 'n{a="2"}'], False),
        ("{record: x, expr: sum(m)}", ["m"], False),
        ("{record: x, expr: sum(m), labels: {a: b}}", ["m"], False),
        ("{record: x, expr: sum by (a) (m), labels: {a: b}}", ["m"], True),
        ("{record: x, expr: m, labels: {a: b}}", ['m{a="1"}'], True),
        ("{alert: X, expr: m, labels: {a: b}}", ['m{b="1"}'], False),
        ("{record: m, expr: n}", ["m", "n"], True),
        ("{record: m, expr: o}", ["m", "n"], False),
        ("{alert: X, expr: ALERTS}", ["m"], False),
        ('{record: x, expr: \'label_replace(m, "a", "b", "", "")\'}', ["m"], True),
        ('{record: x, expr: \'label_replace(absent(m), "a", "b", "", "")\'}', [], False),
        ("{record: x, expr: 'topk(scalar(m), n)'}", ["m"], True),
        ("{record: x, expr: 'topk(3, n)'}", ["n"], False),
        ("{record: x, expr: '{__name__=~\"m\"}'}", ["m"], True),
        ("{record: x, expr: 'm >'}", [], True),
        ("{alert: X, expr: m, annotations: {a: '{{ with query \"n\" }}{{ end }}'}}", ["m"], True),
        ("{record: x, expr: m}", ["a b"], True),
        ("{record: x, expr: m}", ["sum(m)"], False),
    ],
)
def test_a_rule_that_nobody_asks_for_stays_where_it_could_fail_on_the_series(
    inspect: Callable[..., Inspection], rule: str, series: list[str], loaded: bool
) -> None:
    rules = f"groups: [{{name: a, rules: [{rule}]}}]"
    test = {**asking("vector(1)"), "input_series": [{"series": one, "values": "1"} for one in series]}
    assert bool(needed(inspect, test, rules)[1]) is loaded


def test_in_a_group_with_a_limit_every_rule_could_fail(inspect: Callable[..., Inspection]) -> None:
    test = {**asking("vector(1)"), "input_series": [{"series": "m", "values": "1"}]}
    rules = "groups: [{name: a, limit: 1, rules: [{record: x, expr: m}, {record: y, expr: n}]}]"
    assert needed(inspect, test, rules) == ("", "x")


@pytest.mark.parametrize(
    ("series", "loaded"),
    [
        ([], "loop hour none"),
        (["m"], "m1 m2 loop hour none odd"),
        (['m{a="2"}'], "loop hour none"),
        (["a b"], "m1 m2 loop hour none odd"),
    ],
)
def test_rules_that_see_nothing_of_a_test_are_left_out_even_where_all_may_be_meant(
    inspect: Callable[..., Inspection], series: list[str], loaded: str
) -> None:
    some = (
        "{record: m1, expr: 'm{a!=\"2\"}'}, {record: m2, expr: m1 + on () m1},"
        "{record: loop, expr: loop or vector(1)}, {record: hour, expr: hour() > 8 and on () m},"
        "{record: none, expr: absent(m)}, {record: odd, expr: m2}"
    )
    test = {**asking('{__name__=~".+"}'), "input_series": [{"series": one, "values": "1"} for one in series]}
    assert needed(inspect, test, f"groups: [{{name: a, rules: [{some}]}}]")[1] == loaded


def test_what_could_fail_brings_along_what_it_rests_on(inspect: Callable[..., Inspection]) -> None:
    some = "{record: x, expr: m}, {record: y, expr: x / on () n}, {record: z, expr: m}"
    rules = f"groups: [{{name: a, rules: [{some}]}}]"
    test = {**asking("vector(1)"), "input_series": [{"series": "m", "values": "1"}]}
    assert needed(inspect, test, rules) == ("", "x y")
