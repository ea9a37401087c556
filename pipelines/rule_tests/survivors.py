"""Mutants that no test sees, as problems at the rule: what was changed, and what would see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipelines.rule_tests.equivalents import Equivalent
    from pipelines.rule_tests.mutation import Trial

__all__ = ["survivors"]

WAYS = {
    "negated": "a case on either side of the comparison would see it",
    "raised": "a case just beyond the threshold would see it",
    "lowered": "a case just beyond the threshold would see it",
    "dropped": "a case in which that alone is different would see it",
    "doubled": "a case at the very time at which it begins to fire would see it",
    "fires": "a case in which it fires would see it",
    "severity": "a case that names its labels would see it",
}


def survivors(trials: Sequence[Trial], listed: Sequence[Equivalent], check: str) -> Iterator[Problem]:
    """Yield a problem for each mutant that no test sees and no list explains, and each untested alert."""
    untested = {trial.where for trial in trials if not trial.tests}
    for where in sorted(untested):
        name = next(trial.mutant.rule.name for trial in trials if trial.where == where)
        yield Problem(check, where, f"no test names the alert {name}", hint="write a case in which it fires")
    for trial in trials:
        if trial.tests and not trial.killed_by and not any(one.is_of(trial) for one in listed):
            hint = WAYS[trial.mutant.name.rpartition(" ")[2]]
            yield Problem(check, trial.where, f"no test sees {trial.mutant.line()}", hint=hint)
