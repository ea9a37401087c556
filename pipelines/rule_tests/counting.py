"""How many rule tests a run of the checks has asked, for the record of that run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipelines.core.check import Inspection
    from pipelines.rule_tests.run import SuiteEnded

__all__ = ["counted", "remember"]

VIEW = "rule tests"


def remember(ended: Sequence[SuiteEnded], inspection: Inspection) -> None:
    """Keep how the tests ended, for who counts them later."""
    inspection.once(VIEW, lambda: ended)


def counted(inspection: Inspection) -> Mapping[str, int]:
    """Count the tests that passed and failed, none where all were known and none was asked.

    A test file that could not be run at all counts as one that failed.
    """
    ended: Sequence[SuiteEnded] = inspection.once(VIEW, tuple)
    verdicts = [not test.problems for suite in ended for test in suite.tests]
    unable = sum(bool(suite.problems) for suite in ended)
    return {"passed": sum(verdicts), "failed": len(verdicts) - sum(verdicts) + unable}
