"""From tests to what promtool is given: each test with the few rules that it needs."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.rule_tests.cuts import cut_rules, cut_test
from pipelines.rule_tests.judge import Job, named
from pipelines.rule_tests.needs import need_of
from stack.duration import seconds

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from pipelines.core.rules import Rule, RuleFile
    from pipelines.rule_tests.cuts import Change
    from pipelines.rule_tests.needs import Need
    from pipelines.rule_tests.reading import Made, Rules
    from pipelines.rule_tests.ruleset import RuleTest, Suite
    from stack.documents import Steps

__all__ = ["Bench", "Prepared"]

UNTOUCHED = b"""tests:
  - name: the rules themselves
    promql_expr_test: [{expr: vector(1), eval_time: 0s, exp_samples: [{labels: "{}", value: 1}]}]
"""
BASE, STEP = 40.0, 60.0
"""What a test costs before its first evaluation, in evaluations of a rule; and promtool's usual interval."""


@dataclass(frozen=True, eq=False)
class Prepared:
    """A test and the rules that it needs."""

    test: RuleTest
    need: Need

    @cached_property
    def job(self) -> Job:
        """What promtool has to judge."""
        return self.with_changes({})

    def with_changes(self, changes: Mapping[Made, Change]) -> Job:
        """Give what promtool has to judge where some of the rules are other than they are written."""
        other = {(made.rule.file, made.rule.steps): change for made, change in changes.items()}
        texts = {
            file.name: cut_rules(
                file, kept, {steps: what for (name, steps), what in other.items() if name == file.name}
            )
            for file in self.test.suite.files
            if (kept := _in(file, self.need.loaded))
        }
        files = [named(text) for text in texts.values()]
        test = cut_test(self.test.suite, {self.test.index}, files, self._groups)
        return Job(test, texts, BASE + self.steps * len(self.need.loaded))

    @cached_property
    def _groups(self) -> list[str]:
        """The groups of the rules that are loaded, in the order in which they stand."""
        groups = (group for file in self.test.suite.files for group in file.groups)
        wanted = {(made.group.file, made.group.steps) for made in self.need.loaded}
        return [group.name for group in groups if (group.file, group.steps) in wanted]

    @cached_property
    def steps(self) -> float:
        """How often promtool evaluates the rules, about."""
        times = [_seconds(expectation.time) for expectation in self.test.expectations]
        interval = _seconds(self.test.suite.value("evaluation_interval")) or STEP
        return 1 + max(times, default=0.0) / interval


@dataclass(frozen=True, eq=False)
class Bench:
    """A test file with its rules read.

    Args:
        suite: the test file.
        rules: the rules of its files, by what they make.
    """

    suite: Suite
    rules: Rules

    @cached_property
    def tests(self) -> tuple[Prepared, ...]:
        """Each test with what it needs."""
        return tuple(Prepared(test, need_of(test, self.rules)) for test in self.suite.tests)

    @cached_property
    def as_written(self) -> Job:
        """The test file as it is, so that promtool names its lines where it cannot read it."""
        return Job(self.suite.source.text, {})

    def unloadable(self, said: Sequence[str]) -> tuple[str, ...]:
        """Give what keeps the rule files from being loaded, of what promtool says of them as they are.

        That one of them cannot be evaluated without series says nothing of tests that have some.
        """
        return tuple(text for text in said if not text.lstrip().startswith("rule: "))

    def made(self, rule: Rule) -> Made:
        """Give a rule as it is known here."""
        return next(made for made in self.rules.all if made.rule is rule)

    @cached_property
    def whole(self) -> Job:
        """The rule files as they are, with a test that asks nothing of them: whether promtool loads them."""
        texts = {file.name: file.text for file in self.suite.files}
        names = "".join(f'  - "{named(text)}"\n' for text in texts.values())
        return Job(f"rule_files:\n{names}".encode() + UNTOUCHED, texts, BASE + len(self.rules.all))


def _in(file: RuleFile, loaded: Collection[Made]) -> set[Steps]:
    return {made.rule.steps for made in loaded if made.rule.file == file.name}


def _seconds(text: object) -> float:
    try:
        return seconds(str(text))
    except ValueError:
        return 0.0
