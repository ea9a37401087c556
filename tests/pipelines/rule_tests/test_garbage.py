"""Whatever lies in a rule file or a test file, it is read, judged and told of, and nothing falls over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.rule_tests.coverage import coverage
from pipelines.rule_tests.gathering import leads_to, ruleset_of
from pipelines.rule_tests.mutants import mutants_of
from pipelines.rule_tests.run import prepare
from stack.emit import to_yaml

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.core.check import Inspection

WORDS = """
groups name rules alert record expr for labels severity annotations interval limit tests rule_files
input_series
series values alert_rule_test promql_expr_test alertname eval_time exp_alerts exp_labels exp_samples value
group_eval_order evaluation_interval
"""
KEYS = WORDS.split()
VALUES = [
    "../a.yml",
    "../*.yml",
    "up",
    "up > 0",
    "(",
    "A",
    "1m",
    "x{",
    "ALERTS",
    "absent(up) or up",
    "{{ query }}",
]
leaf = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.sampled_from(VALUES)
document = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=20,
)
rule = st.dictionaries(st.sampled_from(KEYS), leaf, max_size=4)
rules = st.fixed_dictionaries(
    {"groups": st.lists(st.fixed_dictionaries({"rules": st.lists(rule | document)}))}
)
case = st.dictionaries(st.sampled_from(KEYS), document | st.lists(rule), max_size=6)
tests = st.fixed_dictionaries({"rule_files": st.just(["../a.yml"]), "tests": st.lists(case | document)})


def look(inspection: Inspection) -> None:
    ruleset = ruleset_of(inspection)
    ready = prepare(ruleset, inspection.syntax, "c")
    assert all(job.key for job in ready.jobs())
    assert all(problem.line() for suite in ready.vacuous for problem in suite.all_problems)
    covered = [one.rule for one in coverage(ruleset, inspection.syntax)]
    assert covered in ([], list(ruleset.rules))
    for one in ruleset.rules:
        assert all(mutant.line() for mutant in mutants_of(one, inspection.syntax))
        assert ruleset.where(one).startswith("rules/a.yml:")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_rules=document | rules, some_tests=document | tests)
def test_no_document_makes_the_engine_fall_over(
    inspect: Callable[..., Inspection], some_rules: Any, some_tests: Any
) -> None:
    look(inspect({"a": to_yaml(some_rules).decode()}, {"a_test": to_yaml(some_tests).decode()}))


@pytest.mark.parametrize(
    "text", ["", "[", "\0", "- &a [*a]", "a: &a {b: *a}", "tests: &a [{name: b, more: *a}]"]
)
def test_no_text_makes_the_engine_fall_over(inspect: Callable[..., Inspection], text: str) -> None:
    look(inspect({"a": text}, {"a_test": f"rule_files: [../a.yml]\n{text}"}))
    look(inspect({"a": text}, {"a_test": text}))


@pytest.mark.parametrize(
    ("pattern", "leads"),
    [
        ("../node.yml", True),
        ("../*.yml", True),
        (".././no?e.yml", True),
        ("../../rules/node.yml", True),
        ("../tests/../node.yml", True),
        ("node.yml", False),
        ("../*/node.yml", False),
        ("../../node.yml", False),
        ("../../../../node.yml", False),
        ("/rules/node.yml", False),
        ("", False),
    ],
)
def test_an_entry_of_rule_files_is_read_from_the_folder_of_the_tests(pattern: str, leads: bool) -> None:
    assert leads_to(pattern, "rules/node.yml") is leads
