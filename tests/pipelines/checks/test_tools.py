"""How the checks drive the real programs: not without need, and telling one file from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.core.check import Check, Inspection
from pipelines.rule_tests.counting import counted
from pipelines.stages.validate import TOOLS
from stack.discover import definitions
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

TESTS = {
    f"node{number}_test": {
        "rule_files": ["../node.yml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": "up", "values": "1x9"}],
                "promql_expr_test": [
                    {"expr": "up", "eval_time": "1m", "exp_samples": [{"labels": "up", "value": number}]}
                ],
            }
        ],
    }
    for number in range(4)
}

COVERING = """
rule_files: [../node.yml]
tests:
  - input_series: [{series: 'up{job="a"}', values: "1 1 0"}]
    alert_rule_test:
      - {alertname: Down, eval_time: 1m, exp_alerts: []}
      - alertname: Down
        eval_time: 2m
        exp_alerts:
          - exp_labels: {job: a, severity: page}
            exp_annotations:
              {summary: a summary, description: a description, runbook_url: "https://wiki.example/Down"}
"""


def test_no_program_is_run_where_nothing_is_for_it(inspect: Callable[..., Inspection]) -> None:
    seen = inspect({})
    empty = Inspection(seen.stack, Tree({}), seen.folder, {}, seen.root)
    checks = definitions("pipelines.checks", "CHECK", Check)
    tools = [check for name, check in checks.items() if name.startswith(TOOLS)]
    assert [list(check.run(empty)) for check in tools] == [[]] * len(tools) != []


@pytest.mark.integration
def test_of_many_files_in_one_run_just_those_that_fail_are_named(
    inspect: Callable[..., Inspection], tools: Mapping[str, Path]
) -> None:
    checks = definitions("pipelines.checks", "CHECK", Check)
    seen = inspect({"rule_tests": TESTS}, tools)
    found = checks["promtool_tests"].run(seen)
    assert [problem.where for problem in found] == [
        f"rules/tests/node{number}_test.yml:9: tests.0.promql_expr_test.0" for number in (0, 2, 3)
    ]
    assert counted(seen) == {"passed": len(TESTS) - 3, "failed": 3}


@pytest.mark.integration
def test_the_judges_are_content_with_the_clean_tree_and_leave_nothing_behind(
    inspect: Callable[..., Inspection], tools: Mapping[str, Path]
) -> None:
    seen = inspect({"rule_tests": {"node_test": COVERING}}, tools)
    before = sorted(seen.folder.rglob("*"))
    for check in definitions("pipelines.checks", "CHECK", Check).values():
        assert list(check.run(seen)) == []
    assert sorted(seen.folder.rglob("*")) == before
