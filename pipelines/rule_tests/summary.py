"""The tests of one environment's rules in figures, a line for each rule file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pipelines.rule_tests.coverage import Covered
    from pipelines.rule_tests.ruleset import Ruleset
    from pipelines.rule_tests.run import Ended, SuiteEnded

__all__ = ["HEADS", "Line", "lines", "totals"]

COUNTS = ("tests", "cases", "failed", "alerts", "alerts_covered", "recordings", "recordings_covered")
HEADS = ("ENVIRONMENT", "RULES", "TESTS", "CASES", "ALERTS", "RECORDINGS", "FAILED", "SECONDS")


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one rule file: how many tests with how many cases, how many rules of all are covered.

    The seconds are processor time, about; what was known from an earlier run took none.
    """

    environment: str
    file: str
    idle: bool
    tests: int
    cases: int
    failed: int
    alerts: int
    alerts_covered: int
    recordings: int
    recordings_covered: int
    seconds: float

    def cells(self) -> tuple[str, ...]:
        """Give it as a row below `HEADS`."""
        return (
            self.environment,
            f"{self.file} (idle)" if self.idle else self.file,
            str(self.tests),
            str(self.cases),
            f"{self.alerts_covered} of {self.alerts}",
            f"{self.recordings_covered} of {self.recordings}",
            str(self.failed or "-"),
            f"{self.seconds:.2f}" if self.seconds else "known" if self.tests else "-",
        )

    def serialise(self) -> dict[str, Any]:
        """Give it as a JSON-ready mapping."""
        return {**asdict(self), "seconds": round(self.seconds, 3)}


def lines(
    environment: str,
    ruleset: Ruleset,
    idle: Collection[str],
    ended: Sequence[SuiteEnded],
    covered: Sequence[Covered],
) -> Iterator[Line]:
    """Yield a line for each rule file of a rule set that has tests or rules.

    Args:
        environment: its name.
        ruleset: its rules.
        idle: the stems of those that are not loaded.
        ended: how their tests ended.
        covered: what the tests show of their rules.
    """
    for name, file in ruleset.files.items():
        suites = [suite for suite in ended if file in suite.suite.files]
        tests = [test for suite in suites for test in suite.tests]
        kinds = [rule.kind for rule in file.rules]
        shown = [one.rule.kind for one in covered if one.rule.file == name and not one.lacks]
        yield Line(
            environment=environment,
            file=name,
            idle=name.removeprefix("rules/").removesuffix(".yml") in idle,
            tests=len(tests),
            cases=sum(len(test.test.expectations) for test in tests),
            failed=sum(bool(test.problems) for test in tests) + sum(bool(suite.problems) for suite in suites),
            alerts=kinds.count("alert"),
            alerts_covered=shown.count("alert"),
            recordings=kinds.count("record"),
            recordings_covered=shown.count("record"),
            seconds=_seconds(tests),
        )


def totals(found: Sequence[Line]) -> Mapping[str, int]:
    """Add up the counts of several rule files, by name."""
    return {name: sum(getattr(line, name) for line in found) for name in COUNTS}


def _seconds(tests: Sequence[Ended]) -> float:
    return sum(test.seconds for test in tests)
