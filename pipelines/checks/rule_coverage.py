"""Every alert is seen to fire and to be silent by a test, and every recording to be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from pipelines.rule_tests.coverage import EVALUATED, FIRES, SILENT, coverage, untested
from pipelines.rule_tests.ruleset import ruleset_of
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

HINTS = {
    FIRES: 'write a case with `exp_alerts`, or one that asks for ALERTS{alertstate="firing"}',
    SILENT: "write a case with `exp_alerts: []` and series just short of the threshold",
    EVALUATED: "ask for it in a `promql_expr_test`, with the samples that it should have",
}


def _run(inspection: Inspection) -> Iterator[Problem]:
    ruleset = ruleset_of(inspection)
    for name in untested(ruleset):
        hint = f"write rules/tests/{name.removeprefix('rules/').removesuffix('.yml')}_test.yml"
        yield Problem("rule_coverage", name, "no test is about these rules", inspection.gate(name), hint=hint)
    for covered in coverage(ruleset, inspection.syntax):
        for lack in covered.lacks:
            where, severity = ruleset.where(covered.rule), inspection.gate(covered.rule.file)
            yield Problem("rule_coverage", where, lack, severity, hint=HINTS[lack])


CHECK = Check(
    proves="a test shows when each alert fires and when not, and what each recording gives", run=_run
)
