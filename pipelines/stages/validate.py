"""The second stage: nothing that is wrong gets past it."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from pipelines.core.check import Check, Inspection
from pipelines.core.inputs import inputs
from pipelines.core.laid_out import laid_out
from pipelines.core.memory import stamp
from pipelines.core.stage import stage
from pipelines.core.values import Proof, ValidatedTree
from stack.discover import definitions
from stack.errors import CheckFailed
from stack.report import Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from pipelines.core.values import RenderedTree

__all__ = ["validate"]

TOOLS = ("alertmanager_live", "amtool", "promtool")
"""How the names of checks begin that run real programs."""


@stage
def validate(rendered: RenderedTree, effects: Effects) -> ValidatedTree:
    """Run every check over these files, at once."""
    from pipelines.core.survey import forecast_of  # brings the parser of PromQL along
    from pipelines.rule_tests.counting import counted  # not for `--list`

    with laid_out(rendered, effects) as inspection:
        proofs = _prove(inspection, online=effects.options.flag("online"))
        expected = forecast_of(inspection)
        tested = counted(inspection)
    _show(proofs, effects)
    report = Report.of(problem for proof in proofs for problem in proof.report.problems)
    effects.journal.note(checks=len(proofs), problems=report.serialise(), rule_tests=tested)
    if not report:
        raise CheckFailed(report=report)
    effects.console.item("·", f"{'forecast':<28} {expected.line()}")
    effects.journal.note(series=expected.total)
    return ValidatedTree(rendered, proofs, expected)


def _prove(inspection: Inspection, *, online: bool) -> tuple[Proof, ...]:
    checks = definitions("pipelines.checks", "CHECK", Check)
    wanted = {name: check for name, check in checks.items() if online or not check.online}
    given = inputs(inspection)

    def ask(name: str) -> Proof:
        return _ask(name, wanted[name], inspection, given)

    waiting = [name for name in wanted if name.startswith(TOOLS) or wanted[name].online]
    # Other programs compute while our own checks do; these, in threads, would only wait for one another.
    with ThreadPoolExecutor(max_workers=max(4, 2 * (os.cpu_count() or 1))) as pool:
        theirs = pool.map(ask, waiting)
        proofs = [ask(name) for name in wanted if name not in waiting]
        proofs += theirs
    return tuple(sorted(proofs, key=lambda proof: proof.check))


def _ask(name: str, check: Check, inspection: Inspection, given: str) -> Proof:
    """Run a check, unless it is a lasting one that found nothing to say when it was last given just this."""
    before = time.monotonic()
    memory, key = inspection.memory, stamp((name.encode(), given.encode()))
    known = check.lasting and memory.knows(key)
    report = Report.of(() if known else check.run(inspection))
    if check.lasting and not known and not report.problems:
        memory.learn([key])
    return Proof(name, check.proves, time.monotonic() - before, report)


def _show(proofs: tuple[Proof, ...], effects: Effects) -> None:
    for line in _lines(proofs):
        effects.console.item(*line)


def _lines(proofs: tuple[Proof, ...]) -> Iterator[tuple[str, str]]:
    for proof in proofs:
        mark = "✗" if not proof.report else "!" if proof.report.problems else "✓"
        yield mark, f"{proof.check:<28} {proof.proves}"
        for problem in proof.report.problems:
            yield ("✗" if problem.severity is Severity.ERROR else "!"), f"  {problem.line()}"
