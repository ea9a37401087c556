"""Run rule tests, and say what they leave out."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option
from stack.errors import CheckFailed
from stack.report import Problem, Report

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipelines.core.effects import Effects
    from pipelines.rule_tests.rounds import Round

__all__ = ["KEEPS", "OPTIONS", "run"]

KEEPS = True

NAME = "rules.test"

OPTIONS = (
    Option("subject", "the rule file whose tests to run, `node`; without it all of them", positional=True),
    Option("every", "on the rules of every environment, each thing that is the same once", default=False),
    Option("junit", "a file to write the outcome to as JUnit's XML"),
)


def run(effects: Effects) -> int:
    """Print a line for each rule file, and what does not hold or is not covered; fail on an error."""
    from pipelines.rule_tests.environments import every_environment  # brings YAML along
    from pipelines.rule_tests.rounds import rounds
    from pipelines.rule_tests.summary import HEADS

    options = effects.options
    names = every_environment(effects) if options.flag("every") else (options.environment,)
    with effects.console.stage("test"):
        found = rounds(names, options.text("subject"), effects, NAME)
    report = _report(found)
    _write(found, options.text("junit"))
    _note(found, report, effects)
    effects.console.result(_document(found, report))
    effects.console.table(HEADS, [line.cells() for one in found for line in one.lines])
    _show(report, effects)
    effects.console.end(_said(found, report), good=bool(report))
    return 0 if report else CheckFailed.exit_code


def _report(found: Sequence[Round]) -> Report:
    return Report.of([*_of_all(found, lambda one: one.failures), *_not_shown(found)])


def _not_shown(found: Sequence[Round]) -> list[Problem]:
    """Give what is wrong with no test, but with what there is of them."""
    nothing = [] if _tests(found) else [Problem(NAME, "rules/tests", "nothing was tested")]
    return [*nothing, *_of_all(found, lambda one: one.gaps)]


def _of_all(found: Sequence[Round], problems: Callable[[Round], Iterable[Problem]]) -> Iterator[Problem]:
    """Yield the problems of several environments, each once; of which, where it is not one of all."""
    seen: dict[Problem, list[str]] = defaultdict(list)
    for one in found:
        for problem in problems(one):
            seen[problem].append(one.environment)
    for problem, names in seen.items():
        told = "" if len(names) >= len(found) else f"in {', '.join(names)}: "
        yield replace(problem, summary=f"{told}{problem.summary}")


def _show(report: Report, effects: Effects) -> None:
    """Print each problem, and below it what promtool says of it."""
    for problem in report.problems:
        effects.console.report(Report((problem,)))
        effects.console.say(*(f"    {line.rstrip()}" for line in dedent(problem.details).splitlines()))


def _tests(found: Sequence[Round]) -> int:
    return sum(len(suite.tests) for one in found for suite in one.ended)


def _write(found: Sequence[Round], file: str) -> None:
    from pipelines.rule_tests.junit import junit
    from stack.tree import write_atomically

    if file:
        errors = Report.of(_not_shown(found)).errors
        write_atomically(Path(file), junit({one.environment: one.ended for one in found}, errors))


def _note(found: Sequence[Round], report: Report, effects: Effects) -> None:
    """Let the journal keep the figures of the run's own environment, for who asks later what is covered."""
    from pipelines.rule_tests.summary import totals

    own = [line for one in found if one.environment == effects.options.environment for line in one.lines]
    subject = effects.options.text("subject")
    effects.journal.note(subject=subject, covered=totals(own), problems=report.serialise())


def _document(found: Sequence[Round], report: Report) -> dict[str, Any]:
    return {
        "rules": [line.serialise() for one in found for line in one.lines],
        "tests": [
            {
                "environment": one.environment,
                "name": ended.test.name,
                "where": ended.test.where,
                "passed": not ended.problems,
                "seconds": round(ended.seconds, 3),
            }
            for one in found
            for suite in one.ended
            for ended in suite.tests
        ],
        "problems": report.serialise(),
        "exit_code": 0 if report else CheckFailed.exit_code,
    }


def _said(found: Sequence[Round], report: Report) -> str:
    where = found[0].environment if len(found) == 1 else f"{len(found)} environments"
    cases = sum(line.cases for one in found for line in one.lines)
    told = f"; {len(report.problems)} problem(s)" if report.problems else ", every expectation holds"
    return f"{where}: {_tests(found)} tests with {cases} cases{told}"
