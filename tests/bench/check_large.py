"""`invoke check` on a site with ten thousand rules, beside promtool alone on the same files."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from stack.assemble import assemble
from stack.load import load
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table
from tests.bench.judges import Judges
from tests.bench.many_rules import write_rules
from tests.bench.row import Row
from tests.bench.timing import timed
from tests.bench.usual import usual_lab
from tests.lab import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

__all__ = ["measure"]

RUNS = 5
FILES = 200


def measure() -> Iterator[Row]:
    """Check a site with rules in 200 files: when all of them are new, and when none has changed."""
    with usual_lab() as lab:
        judges = Judges.of(lab)
        rounds = [_once(lab, judges, edition) for edition in range(RUNS)]
    new, known, floors = zip(*rounds, strict=True)
    beside = "promtool check config on the same files"
    yield Row("check, 10,000 new rules", new, floors, beside, "÷ <= 1.2")
    yield Row("check, the same again", known, floors, beside)


def _once(lab: Lab, judges: Judges, edition: int) -> tuple[float, float, float]:
    write_rules(lab.site / "rules", FILES, edition)
    tree = _rendered(lab)
    new, known = timed(lambda: lab.invoke("check").ok()), timed(lambda: lab.invoke("check").ok())
    return new, known, timed(lambda: judges.check_prometheus(tree))


def _rendered(lab: Lab) -> Path:
    stack = assemble(load("local", sites=(lab.site,)).environment, root=ROOT, sites=(lab.site,))
    folder = lab.folder / "rendered"
    shutil.rmtree(folder, ignore_errors=True)
    render_tree(stack, process_table(stack))[1].write(folder)
    return folder
