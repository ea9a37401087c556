"""Tries the tests: every mutant of every alert must be seen by a test that names the alert."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.rule_tests.mutants import mutants_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from promql_parser import Expr

    from pipelines.core.rules import Rule
    from pipelines.rule_tests.jobs import Bench, Prepared
    from pipelines.rule_tests.judge import Job, Judge
    from pipelines.rule_tests.mutants import Mutant
    from pipelines.rule_tests.reading import Made
    from pipelines.rule_tests.ruleset import Ruleset
    from pipelines.rule_tests.run import Trials

__all__ = ["Trial", "try_tests"]


@dataclass(frozen=True, eq=False)
class Trial:
    """A mutant and how it fared.

    Args:
        mutant: what was changed.
        where: where the alert stands.
        killed_by: the test that went red; empty where none did.
        tests: the names of the tests that should have.
    """

    mutant: Mutant
    where: str
    killed_by: str = ""
    tests: tuple[str, ...] = ()


@dataclass(eq=False)
class _Pending:
    mutant: Mutant
    tests: Sequence[tuple[Prepared, Made]]
    killed_by: str = field(default="")


def try_tests(
    ruleset: Ruleset,
    trials: Trials,
    judge: Judge,
    syntax: Callable[[str], Expr | None],
    files: Collection[str],
) -> list[Trial]:
    """Give every mutant of every alert of some rule files, in their order, and the test that saw it.

    Args:
        ruleset: the rules.
        trials: their tests, all of which pass.
        judge: runs the tests.
        syntax: gives an expression's syntax tree.
        files: the rule files, `rules/node.yml`.

    Raises:
        CommandFailed: promtool is missing or does not end.
    """
    alerts = [rule for rule in ruleset.rules if rule.kind == "alert" and rule.file in files]
    pending = [
        _Pending(mutant, tests)
        for rule, number in _numbered(alerts)
        for tests in [_tests_of(rule, trials.benches)]
        for mutant in _named(mutants_of(rule, syntax), number)
    ]
    _judge_in_turn(pending, judge)
    return [_trial(one, ruleset) for one in pending]


def _numbered(alerts: Iterable[Rule]) -> Iterator[tuple[Rule, int]]:
    """Count the rules of a file that have the same name, from 1."""
    seen: Counter[tuple[str, str]] = Counter()
    for rule in alerts:
        seen[rule.file, rule.name] += 1
        yield rule, seen[rule.file, rule.name]


def _named(mutants: Iterable[Mutant], number: int) -> Iterator[Mutant]:
    """Tell the mutants of a second rule of one name from those of the first."""
    return (
        mutant if number == 1 else replace(mutant, name=f"rule {number}: {mutant.name}") for mutant in mutants
    )


def _tests_of(rule: Rule, benches: Iterable[Bench]) -> list[tuple[Prepared, Made]]:
    """Give the tests that name an alert, the likeliest to see a change first: those in which it fires."""
    found = [
        (prepared, made)
        for bench in benches
        if rule.file in {file.name for file in bench.suite.files}
        for made in [bench.made(rule)]
        for prepared in bench.tests
        if made in prepared.need.named
    ]
    return sorted(found, key=lambda one: -_promise(rule, one[0]))


def _promise(rule: Rule, prepared: Prepared) -> int:
    own = [one for one in prepared.test.expectations if one.alert == rule.name]
    return sum(1 + bool(one.body.get("exp_alerts")) for one in own)


def _judge_in_turn(pending: Sequence[_Pending], judge: Judge) -> None:
    """Ask one test of each mutant that still lives, then the next: most die of the first."""
    for turn in range(max((len(one.tests) for one in pending), default=0)):
        living = [one for one in pending if not one.killed_by and turn < len(one.tests)]
        jobs = {one: _job(one, turn) for one in living}
        verdicts = judge.of(list(jobs.values()), passing=False)
        for one, job in jobs.items():
            if verdicts[job.key].said:
                one.killed_by = one.tests[turn][0].test.name


def _job(one: _Pending, turn: int) -> Job:
    prepared, made = one.tests[turn]
    return prepared.with_changes({made: one.mutant.change})


def _trial(one: _Pending, ruleset: Ruleset) -> Trial:
    names = tuple(prepared.test.name for prepared, _ in one.tests)
    return Trial(one.mutant, ruleset.where(one.mutant.rule), one.killed_by, names)
