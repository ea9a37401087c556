"""Every alert is seen to fire and to be silent by a test, and every recording to be evaluated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from pipelines.rule_tests.coverage import coverage
from pipelines.rule_tests.gaps import gaps
from pipelines.rule_tests.gathering import ruleset_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from stack.report import Problem

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    ruleset = ruleset_of(inspection)
    return gaps(ruleset, coverage(ruleset, inspection.syntax), inspection, "rule_coverage")


CHECK = Check(
    proves="a test shows when each alert fires and when not, and what each recording gives",
    run=_run,
    lasting=True,
)
