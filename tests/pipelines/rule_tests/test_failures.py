"""What promtool says of a failure, brought to the expectation that it is about."""

from __future__ import annotations

import pytest

from pipelines.core.source import Source
from pipelines.rule_tests.failures import failures, loading
from pipelines.rule_tests.ruleset import RuleTest, Suite

TEXT = """
tests:
  - name: "one, \\nof two"
    alert_rule_test:
      - {alertname: A, eval_time: 90s}
      - {alertname: A, eval_time: 90s, exp_alerts: []}
      - {alertname: "B, time: 1m", eval_time: 1d}
    promql_expr_test:
      - {expr: 'x{a="é\\b"}', eval_time: 0s}
      - {expr: y}
"""
SUITE = Suite(Source("rules/tests/a_test.yml", TEXT.encode()))
NAME = "    name: one, \nof two,\n"
SOME = (
    "exp:[\n            0:\n              Labels:{}\n              Annotations:{}\n            ], \n        "
)


def told(*said: str) -> list[tuple[str, str]]:
    (test,) = SUITE.tests
    found = failures(test, said, "c")
    return [
        (one.where.removeprefix("rules/tests/a_test.yml:"), one.summary.partition("two: ")[2])
        for one in found
    ]


WHERE = {
    "A": "5: tests.0.alert_rule_test.0",
    "B": "7: tests.0.alert_rule_test.2",
    "x": "9: tests.0.promql_expr_test.0",
    "y": "10: tests.0.promql_expr_test.1",
    "": "3: tests.0",
}


@pytest.mark.parametrize(
    ("said", "what", "summary"),
    [
        (
            f"{NAME}    alertname: A, time: 1m30s, \n        {SOME}got:[]",
            "A",
            "A at 90s: 1 alert(s) expected, none firing",
        ),
        (
            f"    alertname: B, time: 1m, time: 1d, \n        exp:[], \n        got:{SOME[4:]}",
            "B",
            "B, time: 1m at 1d: no alert(s) expected, 1 firing",
        ),
        (
            f'{NAME}    expr: "y", time: 0s,\n        exp: nil\n        got: {{}} 1E+00',
            "y",
            "y at 0: expected nil, got {} 1E+00",
        ),
        (r'    expr: "x{a=\"é\\b\"}", time: 0s, err: no', "x", r'x{a="é\b"} at 0s: err: no'),
        ('    expr: "z", time: 0s, err: no', "", 'expr: "z", time: 0s, err: no'),
        ("    rule: A, time: 0s, err: no", "", "rule: A, time: 0s, err: no"),
        ("panic: " + "x" * 999, "", "panic: " + "x" * 233 + "…"),
        ("", "", ""),
    ],
)
def test_a_failure_is_a_problem_at_its_expectation(said: str, what: str, summary: str) -> None:
    assert told(said) == [(WHERE[what], summary)]


def test_equal_expectations_fail_one_after_the_other() -> None:
    said = f"    alertname: A, time: 1m30s, \n        {SOME}got:[]"
    assert [where.partition(":")[0] for where, _ in told(said, said, said)] == ["5", "6", "3"]


@pytest.mark.parametrize(
    ("said", "lines"),
    [
        ("rules/a.yml: 3:4: group: no", [("rules/a.yml:3", "group: no")]),
        ("rules/a.yml: yaml: no", [("rules/a.yml", "yaml: no")]),
        (
            "yaml: unmarshal errors:\n  line 2: field a not found\n  line 7: b",
            [("t", "field a not found"), ("t", "b")],
        ),
        ("yaml: line 4: did not find", [("t", "did not find")]),
        ("something\nelse", [("t", "something else")]),
    ],
)
def test_what_cannot_be_read_is_a_problem_of_the_file(said: str, lines: list[tuple[str, str]]) -> None:
    found = [(one.where, one.summary) for one in loading("t", [said], "c")]
    assert [(where if where.startswith("rules") else where[0], summary) for where, summary in found] == lines
    assert all(":" in where for where, _ in found if "line" in said)


def test_a_test_without_a_name_is_called_by_its_position() -> None:
    suite = Suite(Source("a", b"tests: [{}, {}]"))
    assert [test.name for test in suite.tests] == ["test 1", "test 2"]
    assert isinstance(suite.tests[0], RuleTest)
