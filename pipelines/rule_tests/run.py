"""Runs every test of an environment's rules, and says of each how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.rule_tests.failures import failures, loading
from pipelines.rule_tests.faults import faults, unreadable
from pipelines.rule_tests.jobs import Bench
from pipelines.rule_tests.judge import Verdict
from pipelines.rule_tests.reading import Reading
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from promql_parser import Expr

    from pipelines.rule_tests.jobs import Prepared
    from pipelines.rule_tests.judge import Job, Judge
    from pipelines.rule_tests.ruleset import Ruleset, RuleTest, Suite

__all__ = ["Ended", "SuiteEnded", "Trials", "prepare", "run_all"]

SILENT = "promtool would pass it without a word"
UNREAD = "yaml:"
"""How promtool begins where a test file is not what it can read."""


@dataclass(frozen=True, eq=False)
class Ended:
    """How one test ended: with its problems, if any, and about how many seconds it took, 0 if remembered."""

    test: RuleTest
    problems: tuple[Problem, ...]
    seconds: float


@dataclass(frozen=True, eq=False)
class SuiteEnded:
    """How a test file ended.

    Args:
        suite: the test file.
        problems: what is wrong with the file itself, or with its rule files; its tests were not run, then.
        tests: how each test ended.
    """

    suite: Suite
    problems: tuple[Problem, ...] = ()
    tests: tuple[Ended, ...] = ()

    @property
    def all_problems(self) -> Iterator[Problem]:
        """Everything that is wrong."""
        yield from self.problems
        yield from (problem for test in self.tests for problem in test.problems)


@dataclass(frozen=True, eq=False)
class Trials:
    """Test files that are ready to be judged, and what is wrong with the others.

    Args:
        check: the name that problems bear.
        benches: the ones that are ready.
        vacuous: the others.
    """

    check: str
    benches: tuple[Bench, ...]
    vacuous: tuple[SuiteEnded, ...]

    def jobs(self) -> Iterator[Job]:
        """Yield what promtool has to judge."""
        for bench in self.benches:
            yield bench.whole
            yield from (prepared.job for prepared in bench.tests)

    def ended(self, judge: Judge) -> list[SuiteEnded]:
        """Judge them all at once.

        Raises:
            CommandFailed: promtool is missing or does not end.
            OSError: the disk is full.
        """
        return run_all([self], judge)[0]

    def by(self, verdicts: Mapping[str, Verdict]) -> list[SuiteEnded]:
        """Say how they ended, by the verdicts of all their jobs."""
        return [*self.vacuous, *(self._of(bench, verdicts) for bench in self.benches)]

    def _of(self, bench: Bench, verdicts: Mapping[str, Verdict]) -> SuiteEnded:
        read = verdicts.get(bench.as_written.key, Verdict()).said
        said = [text for text in read if text.startswith(UNREAD)] or bench.unloadable(
            verdicts[bench.whole.key].said
        )
        if said:
            return SuiteEnded(bench.suite, tuple(loading(bench.suite.source.name, said, self.check)))
        return SuiteEnded(bench.suite, tests=tuple(self._test(one, verdicts) for one in bench.tests))

    def _test(self, prepared: Prepared, verdicts: Mapping[str, Verdict]) -> Ended:
        verdict = verdicts[prepared.job.key]
        return Ended(prepared.test, tuple(failures(prepared.test, verdict.said, self.check)), verdict.seconds)


def run_all(every: Sequence[Trials], judge: Judge) -> list[list[SuiteEnded]]:
    """Judge the tests of several environments at once: what is the same in two of them is judged once.

    Raises:
        CommandFailed: promtool is missing or does not end.
        OSError: the disk is full.
    """
    verdicts = judge.of([job for trials in every for job in trials.jobs()])
    unread = [bench for trials in every for bench in trials.benches if _is_unread(bench, verdicts)]
    verdicts = {**verdicts, **judge.of([bench.as_written for bench in unread])}
    return [trials.by(verdicts) for trials in every]


def prepare(ruleset: Ruleset, syntax: Callable[[str], Expr | None], check: str) -> Trials:
    """Make the tests of an environment ready, each with just the rules it needs.

    Args:
        ruleset: the rules and their tests.
        syntax: gives an expression's syntax tree, None where our parser does not know it.
        check: the name that problems bear.
    """
    reading = Reading(syntax)
    wrong = {suite: tuple(_vacuous(suite, check)) for suite in ruleset.suites}
    ready = tuple(Bench(suite, reading.rules(suite.files)) for suite, found in wrong.items() if not found)
    return Trials(check, ready, tuple(SuiteEnded(suite, found) for suite, found in wrong.items() if found))


def _vacuous(suite: Suite, check: str) -> Iterable[Problem]:
    if told := [Problem(check, where, said) for where, said in unreadable(suite)]:
        return told
    return (Problem(check, where, said, hint=SILENT) for where, said in faults(suite))


def _is_unread(bench: Bench, verdicts: Mapping[str, Verdict]) -> bool:
    said: Sequence[tuple[str, ...]] = [verdicts[prepared.job.key].said for prepared in bench.tests]
    return any(text.startswith(UNREAD) for texts in said for text in texts)
