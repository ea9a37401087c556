"""The tests of an environment's rules from their files to what they show: one round for each environment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.rule_tests.coverage import coverage
from pipelines.rule_tests.environments import files_of, inspected, judge_of
from pipelines.rule_tests.gaps import gaps
from pipelines.rule_tests.gathering import ruleset_of
from pipelines.rule_tests.run import prepare, run_all
from pipelines.rule_tests.summary import lines
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipelines.core.check import Inspection
    from pipelines.core.effects import Effects
    from pipelines.rule_tests.coverage import Covered
    from pipelines.rule_tests.ruleset import Ruleset
    from pipelines.rule_tests.run import SuiteEnded, Trials
    from pipelines.rule_tests.summary import Line

__all__ = ["Round", "rounds"]


@dataclass(frozen=True, eq=False)
class Round:
    """The tests of one environment's rules, and how they ended.

    Args:
        inspection: the environment.
        ruleset: its rules and tests, those that are wanted.
        ended: how the tests ended.
        check: the name that problems bear.
    """

    inspection: Inspection
    ruleset: Ruleset
    ended: Sequence[SuiteEnded]
    check: str

    @property
    def environment(self) -> str:
        """The environment's name."""
        return self.inspection.stack.environment.name

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """The figures of each rule file."""
        idle = self.inspection.stack.idle_rules
        return tuple(lines(self.environment, self.ruleset, idle, self.ended, self._covered))

    @property
    def gaps(self) -> Iterator[Problem]:
        """What the tests do not show."""
        return gaps(self.ruleset, self._covered, self.inspection, self.check)

    @property
    def failures(self) -> Iterator[Problem]:
        """What does not hold, or cannot be read."""
        yield from (problem for suite in self.ended for problem in suite.all_problems)
        files = self.ruleset.files.values()
        yield from (Problem(self.check, file.name, file.fault) for file in files if file.fault)

    @cached_property
    def _covered(self) -> list[Covered]:
        return coverage(self.ruleset, self.inspection.syntax)


@dataclass(frozen=True, eq=False)
class _Ready:
    inspection: Inspection
    ruleset: Ruleset
    trials: Trials


def rounds(environments: Sequence[str], subject: str, effects: Effects, check: str) -> list[Round]:
    """Run the tests of a subject, or of all where it is empty, on the rules of some environments.

    Raises:
        EnvironmentInvalid: with every mistake in the files and overrides of one.
        Refused: none has such a subject, or any rule file at all.
        CommandFailed: promtool is missing or does not end.
    """
    found = {name: inspected(name, effects) for name in environments}
    rulesets = {name: ruleset_of(inspection) for name, inspection in found.items()}
    files = files_of(subject, [file for ruleset in rulesets.values() for file in ruleset.files])
    ready = [_ready(found[name], ruleset.only(files), check) for name, ruleset in rulesets.items()]
    ended: dict[str, Sequence[SuiteEnded]] = {}
    for promtool in dict.fromkeys(_promtool(one) for one in ready):  # an environment may pin another one
        own = [one for one in ready if _promtool(one) == promtool]
        judge = judge_of(own[0].inspection, effects, "tests")
        outcomes = run_all([one.trials for one in own], judge)
        ended |= {_name(one): suites for one, suites in zip(own, outcomes, strict=True)}
    return [Round(one.inspection, one.ruleset, ended[_name(one)], check) for one in ready]


def _ready(inspection: Inspection, ruleset: Ruleset, check: str) -> _Ready:
    return _Ready(inspection, ruleset, prepare(ruleset, inspection.syntax, check))


def _promtool(one: _Ready) -> Path:
    return one.inspection.tools["promtool"]


def _name(one: _Ready) -> str:
    return one.inspection.stack.environment.name
