"""Say what the wanted versions would break."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from stack.errors import CheckFailed
from stack.report import Problem, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.effects import Effects
    from stack.upgrade import Step

__all__ = ["run"]

DAY = 86_400.0
HEADS = ("SERVICE", "PROGRAM", "RUNS", "WANTED")


def run(effects: Effects) -> int:
    """Compare what runs with what is wanted, and exit as a failed check does where something breaks."""
    from pipelines.commands.upgrade._steps import refused_flags, running, steps, wanted_stack
    from stack.upgrade import Upgrade, judge, upgrades

    stack, known = wanted_stack(effects), upgrades()
    versions = running(effects)
    found = steps(stack, versions)
    silent = (name for name in found if versions.get(name) == "")
    problems = [*map(_unanswered, silent), *_backup(found, effects)]
    for name, step in found.items():
        if step.running:
            problems += judge(step, known.get(step.program, Upgrade()))
        if step.argv:
            problems += refused_flags(name, step, stack, effects)
    return _told(found, Report.of(problems), effects)


def _told(found: Mapping[str, Step], report: Report, effects: Effects) -> int:
    rows = [(name, step.program, step.running, step.wanted) for name, step in found.items()]
    keys = ("service", "program", "running", "wanted")
    effects.console.result(
        {
            "environment": effects.options.environment,
            "programs": [dict(zip(keys, row, strict=True)) for row in rows],
            "problems": report.serialise(),
        }
    )
    effects.console.table(HEADS, [tuple(cell or "-" for cell in row) for row in rows])
    effects.console.report(report)
    moving = sum(bool(step.running) and not step.stays for step in found.values())
    if report:
        effects.console.end(f"{moving} program(s) would be another version, and nothing breaks")
        return 0
    effects.console.end(f"{report.summary()}; nothing was changed", good=False)
    return CheckFailed.exit_code


def _unanswered(name: str) -> Problem:
    summary = "does not say which version it is, so nobody knows what the step to it breaks"
    return Problem("upgrade", name, summary, Severity.WARNING, hint="is it up? invoke status")


def _backup(found: Mapping[str, Step], effects: Effects) -> Iterator[Problem]:
    """Tell an old backup before a program is another version: its data may not go back."""
    from pipelines.core.history import last_good

    if not any(step.running and not step.stays for step in found.values()):
        return
    made = last_good("backup", effects)
    if made is None:
        summary = "no run of `backup` that ended well is on record: what an upgrade breaks stays broken"
        yield Problem("upgrade", "backup", summary, Severity.WARNING)
    elif time.time() - made > DAY:
        hours = (time.time() - made) / 3600
        summary = f"the last good one is {hours:.0f} h old, more than a day"
        yield Problem("upgrade", "backup", summary, hint="make a new one first")
