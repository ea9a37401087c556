"""No rule looks back further than samples are kept: beyond that it sees nothing and says nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.duration import UNITS, seconds
from stack.promql.syntax import reach
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

SPAN = re.compile(r"(\d+)(ms|[smhdwy])")


def _run(inspection: Inspection) -> Iterator[Problem]:
    kept = inspection.stack.environment.retention
    for rule in inspection.rules:
        if _at_most(rule.expression) > seconds(kept) and _reach(inspection, rule.expression) > seconds(kept):
            summary = f"it looks back further than the {kept} for which samples are kept"
            hint = "shorten the range or the offset, record a part of it, or raise `retention`"
            yield Problem("retention", inspection.where(rule), summary, hint=hint)


def _at_most(expression: str) -> float:
    """Give a bound on how far it looks back, without parsing: all durations in its text, added."""
    return sum(int(count) * UNITS[unit] for count, unit in SPAN.findall(expression))


def _reach(inspection: Inspection, expression: str) -> float:
    tree = inspection.syntax(expression)
    return reach(tree) if tree else 0.0


CHECK = Check(proves="no rule looks back further than samples are kept", run=_run)
