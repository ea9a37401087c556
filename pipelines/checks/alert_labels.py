"""An alert's labels stay the same while it fires: a label that changes makes a new alert each time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection, Rule

__all__ = ["CHECK"]

CHANGING = re.compile(r"\{\{.*(\$value|\.Value)\b.*\}\}", re.DOTALL)


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.rules:
        for name, fault in _faults(rule):
            yield Problem("alert_labels", f"{inspection.where(rule)}: labels.{name}", fault)


def _faults(rule: Rule) -> Iterator[tuple[str, str]]:
    for name, value in rule.labels.items():
        if name == "alertname":
            yield name, "Prometheus sets this label itself, to the alert's name"
        if isinstance(value, str) and "{{" in value and CHANGING.search(value):
            yield (
                name,
                "the value changes with every evaluation, each is a new alert; put it in an annotation",
            )


CHECK = Check(proves="no alert changes its labels while it fires", run=_run)
