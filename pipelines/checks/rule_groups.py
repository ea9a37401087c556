"""Every rule file has rules in it, and every group is evaluated at a sensible pace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Group, Inspection

__all__ = ["CHECK"]

NOTHING = re.compile(r"0+(ms|[smhdwy])?")


def _run(inspection: Inspection) -> Iterator[Problem]:
    filled = {group.file for group in inspection.groups}
    for file in inspection.rule_files:
        if file not in filled:
            yield Problem("rule_groups", file, "the file has no rule groups: nothing is loaded from it")
    for group in inspection.groups:
        if fault := _fault(group):
            line = inspection.line(f"prometheus/{group.file}", group.steps)
            yield Problem("rule_groups", f"{group.file}:{line}: {group.name}", fault)


def _fault(group: Group) -> str:
    if not group.rules:
        return "the group has no rules"
    if NOTHING.fullmatch(str(group.body.get("interval", ""))):
        return "an interval of 0 does not stop the group: it falls back to the global one; leave it out"
    return ""


CHECK = Check(proves="every rule file and every group has rules in it", run=_run)
