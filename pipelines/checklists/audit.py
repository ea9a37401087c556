"""A stranger finds nothing open that should be closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.audit import Outside, audit
from pipelines.core.checklist import Line, green, red
from stack.report import Report

if TYPE_CHECKING:
    from pipelines.core.checklist import Look, Verdict

__all__ = ["LINE"]


def _run(look: Look) -> Verdict:
    """Ask now: it takes a second or two, and what is on record says nothing of a port opened since."""
    found = audit(Outside(look.release.stack, look.effects.runtime))
    whole = Report.of(problem for one in found for problem in one.report.problems)
    count = sum(one.asked for one in found)
    if not whole:
        first = whole.errors[0].line()
        return red(
            f"{len(whole.errors)} of what {count} audits found, just now: {first}",
            look.command("security.audit"),
        )
    told = f", {len(whole.problems)} warning(s): {whole.problems[0].line()}" if whole.problems else ""
    return green(f"{count} audits, just now, found nothing that must be mended{told}")


LINE = Line(asks="A stranger finds nothing open that should be closed.", run=_run)
