"""Rule tests run once for the same tests, rules and promtool, and again when one of them is another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.checks.promtool_tests import CHECK
from pipelines.core.check import Inspection
from pipelines.core.memory import Memory, identity, program
from stack.assemble import assemble
from stack.load import load
from stack.service import Stack
from stack.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[3]
TEST = """
rule_files: [../mine.yml]
tests:
  - promql_expr_test: [{expr: b, eval_time: 1m}]
"""
PROMTOOL = """#!/bin/sh
echo "$@" >> FOLDER/calls
test -e FOLDER/fail && verdict="<failure>no</failure>"
for word; do
  case $word in
    --junit=*) results=${word#--junit=} ;;
    *.yml) suites="$suites<testsuite><testcase>$verdict</testcase></testsuite>" ;;
  esac
done
echo "<testsuites>$suites</testsuites>" > "$results"
"""
RULES, OTHER = (f"groups: [{{name: a, rules: [{{record: b, expr: {what}}}]}}]" for what in ("up", "up * 1"))


@pytest.fixture
def promtool(tmp_path: Path) -> Path:
    """A promtool that notes its calls and fails while a file `fail` lies beside it."""
    program = tmp_path / "promtool"
    program.write_text(PROMTOOL.replace("FOLDER", str(tmp_path)))
    program.chmod(0o755)
    return program


@pytest.fixture
def check(tmp_path: Path, promtool: Path) -> Callable[[str], int]:
    """Run the check over one rule file with this text, and give how many problems it found."""
    test = tmp_path / "mine_test.yml"
    test.write_text(TEST)
    local = assemble(load("local").environment, root=ROOT)
    stack = Stack(local.environment, local.services, local.defined, rule_tests={"mine": test})

    def run(rules: str) -> int:
        tree = Tree({"prometheus/rules/mine.yml": rules.encode()})
        memory = Memory(tmp_path / "passed")
        inspection = Inspection(stack, tree, tmp_path, {"promtool": promtool}, ROOT, memory)
        return len(list(CHECK.run(inspection)))

    return run


def calls(folder: Path) -> int:
    path = folder / "calls"
    return len(path.read_text().splitlines()) if path.exists() else 0


def test_what_passed_is_not_run_again_until_something_it_rests_on_changes(
    check: Callable[[str], int], tmp_path: Path, promtool: Path
) -> None:
    assert (check(RULES), check(RULES), calls(tmp_path)) == (0, 0, 1)
    assert (check(OTHER), calls(tmp_path)) == (0, 2)
    (tmp_path / "mine_test.yml").write_text(TEST.replace("1m", "2m"))
    assert (check(OTHER), calls(tmp_path)) == (0, 3)
    promtool.write_text(promtool.read_text() + "\n")
    assert (check(OTHER), check(OTHER), calls(tmp_path)) == (0, 0, 4)
    (tmp_path / "mine_test.yml").write_text(TEST.replace("1m", "2m") + "# as before")
    assert (check(OTHER), calls(tmp_path)) == (0, 4), "a comment is nothing that a verdict rests on"


def test_what_failed_is_run_again(check: Callable[[str], int], tmp_path: Path) -> None:
    (tmp_path / "fail").touch()
    assert (check(RULES), check(RULES), calls(tmp_path)) == (1, 1, 2)
    (tmp_path / "fail").unlink()
    assert (check(RULES), check(RULES), calls(tmp_path)) == (0, 0, 3)


def test_a_program_that_is_reached_by_a_link_is_the_same(tmp_path: Path, promtool: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    assert program(tmp_path / "link" / promtool.name) == program(promtool) == identity(promtool)


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    memory = Memory(tmp_path / "file" / "passed")
    memory.learn(["a"])

    assert not memory.knows("a")
