"""What the tests of an environment do not show, as problems at the rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.rule_tests.coverage import EVALUATED, FIRES, SILENT, untested
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.core.check import Inspection
    from pipelines.rule_tests.coverage import Covered
    from pipelines.rule_tests.ruleset import Ruleset

__all__ = ["gaps"]

HINTS = {
    FIRES: 'write a case with `exp_alerts`, or one that asks for ALERTS{alertstate="firing"}',
    SILENT: "write a case with `exp_alerts: []` and series just short of the threshold",
    EVALUATED: "ask for it in a `promql_expr_test`, with the samples that it should have",
}


def gaps(
    ruleset: Ruleset, covered: Iterable[Covered], inspection: Inspection, check: str
) -> Iterator[Problem]:
    """Yield a problem for each rule file without tests, and for each thing that no test shows of a rule."""
    # What an objective records is generated, and our own tests are about the generator.
    generated = {f"rules/slo-{name}.yml" for name in inspection.stack.environment.slos}
    for name in sorted(set(untested(ruleset)) - generated):
        hint = f"write rules/tests/{name.removeprefix('rules/').removesuffix('.yml')}_test.yml"
        yield Problem(check, name, "no test is about these rules", inspection.gate(name), hint=hint)
    for one in covered:
        for lack in one.lacks:
            severity = inspection.gate(one.rule.file)
            yield Problem(check, ruleset.where(one.rule), lack, severity, hint=HINTS[lack])
