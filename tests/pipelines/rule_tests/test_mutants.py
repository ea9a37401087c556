"""Alerts that are a little wrong."""

from __future__ import annotations

from typing import Any

import pytest
from promql_parser import Expr, parse

from pipelines.core.rules import Rule
from pipelines.rule_tests.mutants import mutants_of


def syntax(expression: str) -> Expr | None:
    try:
        return parse(expression)
    except ValueError:
        return None


def mutants(**body: Any) -> dict[str, Any]:
    rule = Rule("rules/a.yml", "a", (), {"alert": "A", **body})
    return {one.name: one.change for one in mutants_of(rule, syntax)}


def test_an_alert_has_a_mutant_for_each_thing_that_a_test_should_see() -> None:
    assert mutants(expr="a > 1", **{"for": "1m30s"}, labels={"severity": "page"}) == {
        "comparison 1 negated": {("expr",): "a <= 1"},
        "threshold 1 raised": {("expr",): "a > 1.1"},
        "threshold 1 lowered": {("expr",): "a > 0.9"},
        "for dropped": {("for",): None},
        "for doubled": {("for",): "180000ms"},
        "never fires": {("expr",): "(a > 1\n) and on () vector(0) == 1"},
        "another severity": {("labels", "severity"): "unheard-of"},
    }


@pytest.mark.parametrize("waits", ["0s", "0", 0, "soon", None])
def test_an_alert_that_does_not_wait_has_no_mutant_for_it(waits: Any) -> None:
    assert list(mutants(expr="a", **{"for": waits})) == ["never fires", "another severity"]


def test_a_change_that_is_no_expression_or_the_same_one_is_no_mutant() -> None:
    assert "alternative 1 dropped" not in mutants(expr="sum by (or) (a)")
    assert list(mutants(expr="a or a # last")) == [
        "alternative 1 dropped",
        "alternative 2 dropped",
        "never fires",
        "another severity",
    ]
    assert syntax(mutants(expr="a # last")["never fires"][("expr",)]) is not None


def test_an_expression_that_only_promtool_knows_is_changed_as_well() -> None:
    assert list(mutants(expr="new_syntax(a) over b > 5"))[:1] == ["comparison 1 negated"]
