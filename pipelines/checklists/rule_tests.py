"""The rules do what their tests say, and every rule has tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.checklists.checks import CHECKING
from pipelines.core.checklist import Line, green, red, unknown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]

TESTING = ("promtool_tests", "rule_coverage")
"""The checks that ask for it."""


def _run(look: Look) -> Verdict:
    """Let the newest run decide, of the checks or of the tests alone: it knows the files of its day."""
    testing = look.newest("rules.test", about="covered", subject="")
    checking = look.newest(*CHECKING, about="checks", release=look.release.id)
    newest = max(filter(None, (testing, checking)), key=lambda record: float(record["began"]), default=None)
    todo = look.command("rules.test")
    if newest is None:
        return unknown("no run on record has tested the rules", todo)
    failed = _failed(newest)
    if failed:
        return red(f"{len(failed)} problem(s): {failed[0]} ({look.told(newest)})", todo)
    if testing is None or _failed(testing):
        return green(f"the checks {' and '.join(TESTING)} found nothing wrong ({look.told(newest)})", todo)
    return green(f"{_counted(testing['covered'])} ({look.told(testing)})")


def _failed(record: Mapping[str, Any]) -> list[str]:
    mine = TESTING if "checks" in record else ("rules.test",)
    errors = [one for one in record["problems"] if one["severity"] == "error" and one["check"] in mine]
    return [f"{one['where']}: {one['summary']}" if one["where"] else one["summary"] for one in errors]


def _counted(covered: Mapping[str, int]) -> str:
    return (
        f"{covered['tests']} tests with {covered['cases']} cases hold; they cover "
        f"{covered['alerts_covered']} of {covered['alerts']} alerts and "
        f"{covered['recordings_covered']} of {covered['recordings']} recordings"
    )


LINE = Line(asks="The rules do what their tests say, and every rule has tests.", run=_run)
