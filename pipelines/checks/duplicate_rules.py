"""No rule stands in two files: promtool compares the rules of one file only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from pipelines.core.check import Inspection, Rule

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    first: dict[Hashable, Rule] = {}
    for rule in inspection.rules:
        other = first.setdefault(_identity(rule), rule)
        if other.file != rule.file:
            summary = f"the same {rule.kind} stands at {inspection.where(other)}"
            hint = "rename one of them, tell them apart by a label, or drop one"
            yield Problem("duplicate_rules", inspection.where(rule), summary, hint=hint)


def _identity(rule: Rule) -> Hashable:
    """Give what makes two rules the same: an alert's name and labels, a record's expression too."""
    labels = tuple(sorted(_pairs(rule))) if rule.labels else ()
    return rule.kind, rule.name, labels, "" if rule.kind == "alert" else " ".join(rule.expression.split())


def _pairs(rule: Rule) -> Iterator[tuple[str, Any]]:
    return ((str(name), str(value)) for name, value in rule.labels.items())


CHECK = Check(proves="no rule stands in two files", run=_run)
