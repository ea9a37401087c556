"""A part that an environment leaves out is told where something rests on it, and stops no deploy."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.core.check import Check, Inspection
from pipelines.stages.validate import TOOLS
from stack.assemble import assemble
from stack.discover import definitions
from stack.load import load
from stack.references import secrets_in
from stack.rendering import render_tree
from stack.report import Severity

ROOT = Path(__file__).parents[3]
OWN = {
    name: check
    for name, check in definitions("pipelines.checks", "CHECK", Check).items()
    if not (name.startswith(TOOLS) or check.online)
}
RULES = sorted(path.stem for path in (ROOT / "rules").glob("*.yml"))
SERVICES = ("blackbox", "command_center", "grafana", "node", "pushgateway")
PARTS = [
    "slos.scrapes=null",
    *(f"disable.rules=[{stem}]" for stem in RULES),
    *(f"disable.services=[{name}]" for name in SERVICES),
]


def inspection(part: str, folder: Path) -> Inspection:
    """Inspect prod without a part, its files laid out."""
    stack = assemble(load("prod", overrides=[part]).environment, root=ROOT)
    tree = render_tree(stack, {})[1]
    tree.write(folder / "current")
    (folder / "secrets").mkdir()
    for name in secrets_in(tree.files):
        (folder / "secrets" / name).write_text("stand-in")
    return Inspection(stack, tree, folder, {}, ROOT)


@pytest.mark.parametrize("part", PARTS)
def test_what_is_left_out_is_no_error(part: str, tmp_path: Path) -> None:
    seen = inspection(part, tmp_path)
    found = [problem for check in OWN.values() for problem in check.run(seen)]

    assert [problem.line() for problem in found if problem.severity is Severity.ERROR] == []


def test_what_rests_on_a_rule_file_that_is_left_out_says_so(tmp_path: Path) -> None:
    seen = inspection("disable.rules=[node]", tmp_path)
    told = {problem.line() for problem in OWN["metric_contract"].run(seen)}

    name = "instance:node_memory_used:percent"
    assert any(f"no rule of this environment records '{name}'" in line for line in told)
    assert all("rules/node.yml does, and is left out (disable.rules)" in line for line in told)
