"""See that tests go red when an alert changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option
from stack.errors import CheckFailed
from stack.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.core.check import Inspection
    from pipelines.core.effects import Effects
    from pipelines.rule_tests.mutation import Trial
    from pipelines.rule_tests.run import SuiteEnded
    from stack.report import Problem

__all__ = ["OPTIONS", "run"]

NAME = "rules.mutate"

OPTIONS = (Option("subject", "the rule file to try, `node`; without it all of them", positional=True),)


def run(effects: Effects) -> int:
    """Print every mutant that no test sees; fail where there is one."""
    from pipelines.rule_tests.environments import inspected  # brings YAML along

    inspection = inspected(effects.options.environment, effects)
    with effects.console.stage("mutate"):
        trials, problems = _try(inspection, effects)
    report = Report.of(problems)
    effects.console.result(_document(trials, report, effects.options.environment))
    effects.console.report(report)
    alerts, seen = len({trial.where for trial in trials}), sum(bool(trial.killed_by) for trial in trials)
    told = f", {len(report.problems)} problem(s)" if report.problems else ""
    said = (
        f"{effects.options.environment}: the tests see {seen} of {len(trials)} mutants of {alerts} alert(s)"
    )
    effects.console.end(f"{said}{told}", good=not report.problems)
    return CheckFailed.exit_code if report.problems else 0


def _try(inspection: Inspection, effects: Effects) -> tuple[list[Trial], list[Problem]]:
    from pipelines.rule_tests.environments import files_of, judge_of
    from pipelines.rule_tests.equivalents import equivalents, misnamed
    from pipelines.rule_tests.gathering import ruleset_of
    from pipelines.rule_tests.mutation import try_tests
    from pipelines.rule_tests.run import prepare
    from pipelines.rule_tests.survivors import survivors

    ruleset, judge = ruleset_of(inspection), judge_of(inspection, effects, "tests of mutants")
    files = files_of(effects.options.text("subject"), ruleset.files)
    ready = prepare(ruleset.only(files), inspection.syntax, NAME)
    _refuse_failing(ready.ended(judge), effects)
    trials = try_tests(ruleset, ready, judge, inspection.syntax, files)
    listed, wrong = equivalents(inspection.stack, files, NAME)
    return trials, [*wrong, *misnamed(listed, trials, NAME), *survivors(trials, listed, NAME)]


def _refuse_failing(ended: Sequence[SuiteEnded], effects: Effects) -> None:
    """Go no further where the tests fail as it is: they would be red for any mutant."""
    report = Report.of(problem for suite in ended for problem in suite.all_problems)
    if report.problems:
        effects.console.report(report)
        raise CheckFailed(report=report)


def _document(trials: Sequence[Trial], report: Report, environment: str) -> dict[str, Any]:
    return {
        "environment": environment,
        "mutants": [
            {
                "alert": trial.mutant.rule.name,
                "mutant": trial.mutant.name,
                "was": trial.mutant.was,
                "becomes": trial.mutant.becomes,
                "where": trial.where,
                "seen_by": trial.killed_by,
            }
            for trial in trials
        ],
        "problems": report.serialise(),
        "exit_code": CheckFailed.exit_code if report.problems else 0,
    }
