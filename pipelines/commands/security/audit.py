"""Look at the live stack as a stranger would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.recall import recall_live
from stack.report import Report

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.core.audit import Audited
    from pipelines.core.effects import Effects

__all__ = ["run"]


def run(effects: Effects) -> int:
    """Print a row per question and what is wrong; exit with 1 where something is."""
    from pipelines.core.audit import Outside, audit  # brings requests along

    found = audit(Outside(recall_live(effects).stack, effects.runtime))
    whole = Report.of(problem for one in found for problem in one.report.problems)
    effects.console.result(
        {
            "environment": effects.options.environment,
            "audits": {one.name: _verdict(one) for one in found},
            "problems": whole.serialise(),
        }
    )
    effects.console.table(
        ("AUDIT", "VERDICT", "ASKS"), [(one.name, _verdict(one), one.audit.asks) for one in found]
    )
    effects.console.report(whole)
    effects.console.end(_end(effects.options.environment, found, whole), good=bool(whole))
    return 0 if whole else 1


def _verdict(one: Audited) -> str:
    if not one.asked:
        return "nothing to ask"
    return "good" if not one.report.problems else f"{len(one.report.problems)} found"


def _end(environment: str, found: Sequence[Audited], whole: Report) -> str:
    asked = sum(one.asked for one in found)
    if whole:
        return f"{environment}: {asked} audits found nothing that must be mended"
    return f"{environment}: {whole.summary()}; next: docs/security.md"
