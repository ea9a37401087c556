"""The rules do what their tests say; promtool passes on nothing, this does not."""

from __future__ import annotations

import os
import re
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.checks._rule_tests import lay_out
from pipelines.core.check import Check
from pipelines.core.memory import stamp
from stack.clients.promtool import Promtool
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.checks._rule_tests import RuleTest
    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

SHARES = 4
"""Calls of promtool for each processor: a call costs 40 ms, but the files take very different times."""
EXPECTATION = re.compile(r"^\s*((?:alertname|expr): .*?, time: [^,\s]+)", re.MULTILINE)


def _run(inspection: Inspection) -> Iterator[Problem]:
    if inspection.rule_files and not inspection.stack.rule_tests:
        yield Problem("promtool_tests", "rules/tests", "no rule is tested", Severity.WARNING)
    if inspection.stack.rule_tests:
        with tempfile.TemporaryDirectory(prefix="monitoring-rule-tests-") as folder:
            tests = lay_out(inspection, Path(folder))
            yield from _vacuous(tests)
            yield from _failing(tests, inspection)


def _vacuous(tests: Sequence[RuleTest]) -> Iterator[Problem]:
    for test in tests:
        for where, fault in test.faults:
            yield Problem("promtool_tests", where, fault, hint="promtool would pass it without a word")


def _failing(tests: Sequence[RuleTest], inspection: Inspection) -> Iterator[Problem]:
    """Run the tests whose verdict on these very rules, by this promtool, is not known yet."""
    promtool = Promtool(inspection.tools["promtool"])
    judge = _stat(promtool.path)
    verdicts = {
        test: stamp((judge, test.verdict.encode())) for test in tests if test.wanted and not test.faults
    }
    unknown = [test for test, verdict in verdicts.items() if not inspection.memory.knows(verdict)]
    problems = list(_run_all(unknown, promtool))
    failed = {problem.where for problem in problems}
    inspection.memory.learn(verdicts[test] for test in unknown if test.name not in failed)
    yield from problems


def _stat(program: Path) -> bytes:
    found = program.stat()
    return f"{program} {found.st_size} {found.st_mtime_ns} {found.st_ctime_ns}".encode()


def _run_all(ready: list[RuleTest], promtool: Promtool) -> Iterator[Problem]:
    # The largest first, so that none of them is what the others have to wait for at the end.
    ready.sort(key=lambda test: -test.path.stat().st_size)
    count = SHARES * (os.cpu_count() or 1)
    shares = [ready[start::count] for start in range(count) if ready[start::count]]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for problems in pool.map(lambda share: list(_of_share(share, promtool)), shares):
            yield from problems


def _of_share(share: Sequence[RuleTest], promtool: Promtool) -> Iterator[Problem]:
    """Run a share of the files at once; where that fails one by one: promtool does not say which it is."""
    said = promtool.test_rules([test.path for test in share])
    if said and len(share) > 1:
        for test in share:
            yield from _of_share([test], promtool)
    elif said:
        yield Problem("promtool_tests", share[0].name, _summary(said), details=said)


def _summary(said: str) -> str:
    expectations = EXPECTATION.findall(said)
    if not expectations:
        return " ".join(said.replace("FAILED:", "").split())
    more = f" and {len(expectations) - 1} more" if len(expectations) > 1 else ""
    return f"not what the test expects: {expectations[0]}{more}"


CHECK = Check(proves="the rules do what their tests say", run=_run)
