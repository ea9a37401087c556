"""Every alert has a condition: an expression without one fires for as long as there are samples."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promql_parser import BinaryExpr, Call

from pipelines.core.check import Check
from stack.promql.syntax import nodes
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from pipelines.core.check import Inspection

__all__ = ["CHECK"]

SURE = re.compile(r"[<>]|==")
CONDITIONS = {"==", "!=", "<", ">", "<=", ">=", "and", "unless"}
ABSENCES = {"absent", "absent_over_time"}


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.alerts:
        # A watchdog is to fire always, and says so by its severity.
        if SURE.search(rule.expression) or rule.labels.get("severity") == "none":
            continue
        tree = inspection.syntax(rule.expression)
        if tree and not _has_condition(tree):
            summary = "the expression has no condition: the alert fires as long as there are samples"
            hint = "compare it, `> 0`; a watchdog has severity none"
            yield Problem("always_firing", inspection.where(rule), summary, hint=hint)


def _has_condition(tree: Expr) -> bool:
    return any(
        (isinstance(node, BinaryExpr) and str(node.op) in CONDITIONS)
        or (isinstance(node, Call) and node.func.name in ABSENCES)
        for node in nodes(tree)
    )


CHECK = Check(proves="every alert but a watchdog has a condition", run=_run)
