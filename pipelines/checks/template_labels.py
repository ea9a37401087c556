"""A text names only labels that its alert has: one that the expression drops is rendered as nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.promql.aggregation import plainly_keeps
from stack.promql.labels import labels_of
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection, Rule

__all__ = ["CHECK"]

NAMED = re.compile(r"(?:\$labels|\.Labels)\.(\w+)")


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.alerts:
        named = _named(rule)
        for label in _lacking(rule, sorted(named), inspection):
            summary = f"'{{{{ $labels.{label} }}}}' is empty: the expression drops that label"
            hint = "keep it in the aggregation, `by (…)`, or leave it out of the text"
            yield Problem("template_labels", f"{inspection.where(rule)}: {named[label]}", summary, hint=hint)


def _named(rule: Rule) -> dict[str, str]:
    """Give the labels that an alert's texts name, and where the last of them stands."""
    texts = [(f"labels.{name}", value) for name, value in rule.labels.items()]
    texts += [(f"annotations.{name}", value) for name, value in rule.annotations.items()]
    return {label: at for at, text in texts if isinstance(text, str) for label in NAMED.findall(text)}


def _lacking(rule: Rule, named: list[str], inspection: Inspection) -> list[str]:
    if not named or plainly_keeps(rule.expression, named):
        return []
    tree = inspection.syntax(rule.expression)
    labels = labels_of(tree) if tree else None
    return [label for label in named if labels and labels.lack(label)]


CHECK = Check(proves="no text names a label that its alert cannot have", run=_run)
