"""No recording rule feeds on the series that it records: its first value would be its last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.promql.syntax import names
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.rules:
        # The text spares most rules the parser.
        if rule.kind == "record" and rule.name in rule.expression:
            tree = inspection.syntax(rule.expression)
            if tree is not None and rule.name in names(tree):
                summary = f"it reads '{rule.name}', the very series that it records"
                hint = "record it under a name of its own, level:metric:operation"
                yield Problem("self_recording", inspection.where(rule), summary, hint=hint)


CHECK = Check(proves="no recording rule feeds on itself", run=_run)
