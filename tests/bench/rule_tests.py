"""`invoke rules.test` on five hundred rules with a hundred tests, beside promtool alone on the same files."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

from stack.clients.promtool import Promtool
from stack.errors import CheckFailed
from stack.rule_files import rule_stems
from tests.bench.judges import Judges
from tests.bench.many_rules import write_rules
from tests.bench.many_tests import write_tests
from tests.bench.row import Row
from tests.bench.timing import timed
from tests.bench.usual import usual_lab
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab, Said

__all__ = ["measure"]

RUNS = 3
FILES = 10
EVERYTHING = "../shop-*.yml"


def measure() -> Iterator[Row]:
    """Run a site's tests with nothing remembered; those that fail must fail in promtool's hands too."""
    beside = "promtool test rules on the same files"
    with usual_lab() as lab:
        promtool = Promtool(Judges.of(lab).promtool)
        rounds = _checks(lab, promtool)
        yield _row("check --env prod, all that is shipped", "", beside, rounds)
        # The tests of what is shipped are left out with their rules.
        lab.environment(disable={"services": ["grafana"], "rules": sorted(rule_stems([ROOT]))})
        write_rules(lab.site / "rules", FILES)
        rounds = _rounds(lab, promtool, "", RUNS)
        yield _row("rules.test, 100 tests, 50 rules named by each", "", beside, rounds)
        rounds = _rounds(lab, promtool, EVERYTHING, 1)
        yield _row("rules.test, 100 tests, 500 rules named by each", "÷ <= 0.1", beside, rounds)


def _row(name: str, aim: str, beside: str, rounds: list[tuple[float, float]]) -> Row:
    runs, floors = zip(*rounds, strict=True)
    return Row(name, runs, floors, beside, aim)


def _rounds(lab: Lab, promtool: Promtool, rules: str, count: int) -> list[tuple[float, float]]:
    write_tests(lab.site / "rules" / "tests", FILES, rules=rules, wrong=True)
    return [_once(lab, promtool) for _ in range(count)]


def _once(lab: Lab, promtool: Promtool) -> tuple[float, float]:
    """Time both on the same files, and compare what they say."""
    forget(lab)
    said: list[Said] = []
    bare: list[str] = []
    ours = timed(lambda: said.append(lab.invoke("rules.test", "--json")))
    theirs = timed(lambda: bare.extend(_bare(lab.site / "rules" / "tests", promtool)))
    assert said[0].code in {0, CheckFailed.exit_code}, said[0].out + said[0].err
    problems = json.loads(said[0].out)["problems"]
    failed = sorted(problem["details"] for problem in problems if problem["severity"] == "error")
    assert failed == sorted(bare) != [], "not the same verdicts"
    return ours, theirs


def _bare(folder: Path, promtool: Promtool) -> Iterator[str]:
    files = sorted(path.name for path in folder.glob("*_test.yml"))
    yield from (text for said in promtool.run_tests(files, folder).values() for text in said)


def _checks(lab: Lab, promtool: Promtool) -> list[tuple[float, float]]:
    rounds = []
    for _ in range(RUNS):
        forget(lab)
        ours = timed(lambda: lab.invoke("check", "--env", "prod").ok())
        rounds.append((ours, timed(lambda: list(_bare(_shipped(lab), promtool)))))
    return rounds


def _shipped(lab: Lab) -> Path:
    """Lay out what is shipped as `prod` has it."""
    from stack.assemble import assemble
    from stack.load import load
    from stack.references import render_rules

    folder = lab.folder / "shipped" / "tests"
    shutil.rmtree(folder.parent, ignore_errors=True)
    folder.mkdir(parents=True)
    environment = load("prod").environment
    stack = assemble(environment, root=ROOT)
    for path in {**stack.rules, **stack.idle_rules}.values():
        (folder.parent / path.name).write_bytes(render_rules(path, environment))
    for path in stack.rule_tests.values():
        (folder / path.name).write_bytes(render_rules(path, environment))
    return folder


def forget(lab: Lab) -> None:
    """Give a lab a cache of its own with the programs of the shared one, but nothing that was ever passed."""
    cache = lab.var / "cache"
    if cache.is_symlink():
        cache.unlink()
    shutil.rmtree(cache, ignore_errors=True)
    cache.mkdir()
    for path in (ROOT / "var" / "cache").iterdir():
        if path.is_dir() and path.name != "passed":
            (cache / path.name).symlink_to(path.resolve())
