"""Test files and rule files cut down: what stays is written as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import yaml

from pipelines.core.rules import RuleFile
from pipelines.core.source import Source
from pipelines.rule_tests.cuts import cut_rules, cut_test
from pipelines.rule_tests.ruleset import Suite
from stack.clients.promtool import Promtool
from stack.emit import to_json

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.rule_tests.cuts import Change

FILE = """
defaults: &defaults {for: 5m, labels: &labels {severity: page}}
groups:
  - name: one
    interval: 30s
    limit: 0010
    rules:
      - record: a
        expr: >-
          sum(
            up  # so many
          )
      - alert: B
        expr: |
          up == 0

            or x
        labels: {on: yes, number: 0644, power: 1e3, none: ~, "empty": "", text: 'it''s'}
      - {<<: *defaults, alert: C, expr: up}
  - name: none
    rules: []
  - name: two
    rules:
      - {alert: D, expr: "up > 1", labels: {<<: *labels, team: ops}}
"""
ALL = [("groups", 0, "rules", at) for at in range(3)] + [("groups", 2, "rules", 0)]


class AsWritten(yaml.SafeLoader):
    """Reads every scalar as the text that it is written with, as Go does where a text is wanted."""


AsWritten.yaml_implicit_resolvers = {
    "<": [("tag:yaml.org,2002:merge", yaml.SafeLoader.yaml_implicit_resolvers["<"][0][1])]
}


def read(text: bytes) -> Any:
    return yaml.load(text, Loader=AsWritten)  # a subclass of the safe one


def rule_file(text: str = FILE) -> RuleFile:
    return RuleFile("rules/a.yml", text.encode())


def test_rules_that_stay_are_the_same_and_groups_keep_what_is_theirs() -> None:
    kept = read(cut_rules(rule_file(), ALL))
    whole = read(FILE.encode())
    assert kept == {**whole, "groups": [whole["groups"][0], whole["groups"][2]]}


def test_rules_that_are_not_wanted_go_and_so_do_groups_that_lose_all_of_theirs() -> None:
    (group,) = read(cut_rules(rule_file(), [("groups", 0, "rules", 1)]))["groups"]
    assert [rule["alert"] for rule in group.pop("rules")] == ["B"]
    assert group == {"name": "one", "interval": "30s", "limit": "0010"}


@pytest.mark.parametrize("text", ["", "[", "a: b", "groups: {}", "groups: [a, {rules: 3}, {rules: [4]}]"])
def test_a_file_that_is_none_has_no_groups(text: str) -> None:
    assert read(cut_rules(rule_file(text), []))["groups"] == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (
            {("expr",): 'a == "1"'},
            {"alert": "C", "expr": 'a == "1"', "for": "5m", "labels": {"severity": "page"}},
        ),
        ({("for",): None}, {"alert": "C", "expr": "up", "labels": {"severity": "page"}}),
        ({("for",): "1ms"}, {"alert": "C", "expr": "up", "for": "1ms", "labels": {"severity": "page"}}),
        (
            {("labels", "severity"): "x"},
            {"alert": "C", "expr": "up", "for": "5m", "labels": {"severity": "x"}},
        ),
    ],
)
def test_what_a_rule_merges_in_can_be_changed_without_changing_it_elsewhere(
    change: Change, rule: dict[str, Any]
) -> None:
    steps = ("groups", 0, "rules", 2)
    file = rule_file()
    assert read(cut_rules(file, [steps], {steps: change}))["groups"][0]["rules"] == [rule]
    assert cut_rules(file, ALL) == cut_rules(rule_file(), ALL)


def test_a_label_is_added_to_a_rule_that_has_none() -> None:
    steps = ("groups", 0, "rules", 0)
    text = cut_rules(rule_file(), [steps], {steps: {("labels", "severity"): "x"}})
    assert read(text)["groups"][0]["rules"][0]["labels"] == {"severity": "x"}


TESTS = """
rule_files: [../a.yml]
evaluation_interval: 010s
fuzzy_compare: yes
group_eval_order: [two, one]
tests:
  - &first
    name: one
    promql_expr_test: &asked [{expr: 'up{a="b"}', eval_time: 1m, exp_samples: [{labels: up, value: 1.0}]}]
  - {name: two, promql_expr_test: *asked}
  - {<<: *first, name: three}
"""


def test_a_test_that_stays_takes_along_what_it_refers_to() -> None:
    suite = Suite(Source("rules/tests/a_test.yml", TESTS.encode()))
    whole = read(TESTS.encode())
    for at in range(3):
        cut = read(cut_test(suite, {at}, ["x.yml", "y.yml"]))
        assert cut == {**whole, "rule_files": ["x.yml", "y.yml"], "tests": [whole["tests"][at]]}


@pytest.mark.parametrize(
    ("listed", "groups", "order"),
    [
        ("", ["a", "b", "a"], ["a", "b"]),
        ("", ["a"], None),
        ("group_eval_order: [c, a]", ["a", "b", "c"], ["b", "c", "a"]),
        ("group_eval_order: [c, a]", ["c", "a"], ["c", "a"]),
        ("group_eval_order: [a, a]", ["a", "b"], ["b", "a", "a"]),
    ],
)
def test_groups_whose_order_is_not_said_are_evaluated_in_that_in_which_they_stand(
    listed: str, groups: list[str], order: list[str] | None
) -> None:
    suite = Suite(Source("rules/tests/a_test.yml", f"{listed}\ntests: [{{name: a}}]".encode()))
    assert read(cut_test(suite, {0}, [], groups)).get("group_eval_order") == order


@pytest.mark.integration
def test_promtool_reads_labels_as_they_were_written(promtool: Path, tmp_path: Path) -> None:
    labels = '{alertname="B", alertstate="firing", on="yes", number="0644", power="1e3", text="it\'s"}'
    test = f"""
rule_files: [a.yml]
tests:
  - input_series: [{{series: up, values: "0"}}]
    promql_expr_test:
      - expr: count by (alertname, alertstate, on, number, power, text) (ALERTS)
        eval_time: 0s
        exp_samples: [{{labels: {to_json(labels).decode()}, value: 1}}]
"""
    (tmp_path / "a.yml").write_bytes(
        cut_rules(rule_file(FILE[FILE.index("groups:") : FILE.index("      - {<<")]), ALL[1:2])
    )
    (tmp_path / "b.yml").write_text(test)
    assert Promtool(promtool).run_tests(["b.yml"], tmp_path) == {"b.yml": ()}
    assert {path.name for path in tmp_path.iterdir()} == {"a.yml", "b.yml"}, "its results are not left behind"
