"""The rules do what their tests say; promtool passes on nothing, this does not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from pipelines.rule_tests.counting import remember
from pipelines.rule_tests.gathering import ruleset_of
from pipelines.rule_tests.judge import Judge
from pipelines.rule_tests.run import prepare
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    ruleset = ruleset_of(inspection)
    if ruleset.files and not any(suite.tests for suite in ruleset.suites):
        severity = max(map(inspection.gate, ruleset.files))
        yield Problem("promtool_tests", "rules/tests", "no rule is tested", severity)
    if ruleset.suites:
        ready = prepare(ruleset, inspection.syntax, "promtool_tests")
        ended = ready.ended(Judge(inspection.tools["promtool"], inspection.memory))
        remember(ended, inspection)
        yield from (problem for suite in ended for problem in suite.all_problems)
    yield from (
        Problem("promtool_tests", file.name, file.fault) for file in ruleset.files.values() if file.fault
    )


CHECK = Check(proves="the rules do what their tests say", run=_run, lasting=True)
