"""promtool accepts Prometheus' configuration and its rule files, lint included."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.core.check import PROMETHEUS, Check
from stack.clients.promtool import Promtool
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection, Rule
    from stack.clients.promtool import Complaint

__all__ = ["CHECK"]

IN_GROUP = re.compile(r'group "(?P<group>.*?)", rule (?P<number>\d+), "(?P<name>.*?)": ')


def _run(inspection: Inspection) -> Iterator[Problem]:
    if PROMETHEUS not in inspection.tree.files:
        return
    promtool = Promtool(inspection.tools["promtool"])
    for complaint in promtool.check_config(inspection.folder / "current" / PROMETHEUS):
        where, summary = _read(complaint, inspection)
        yield Problem("promtool_config", where, summary.replace(f"{inspection.folder}/current/", ""))


def _read(complaint: Complaint, inspection: Inspection) -> tuple[str, str]:
    if complaint.repeats:
        return _second(complaint.repeats, inspection), complaint.message
    file = complaint.file.removeprefix(f"{inspection.folder}/current/prometheus/")
    if not file.startswith("rules/"):
        return PROMETHEUS + (f":{complaint.line}" if complaint.line else ""), complaint.message
    return _in_rules(file, complaint, inspection)


def _in_rules(file: str, complaint: Complaint, inspection: Inspection) -> tuple[str, str]:
    place, match = f"{file}:{complaint.line}" if complaint.line else file, IN_GROUP.search(complaint.message)
    if match is None:
        return place, complaint.message
    line = complaint.line or _line(file, match["group"], int(match["number"]), inspection)
    return f"{file}:{line}: {match['group']}/{match['name']}", complaint.message[match.end() :]


def _line(file: str, group: str, number: int, inspection: Inspection) -> int:
    found = (one for one in inspection.groups if (one.file, one.name) == (file, group))
    return next(
        (inspection.line(f"prometheus/{file}", (*one.steps, "rules", number - 1)) for one in found), 1
    )


def _second(name: str, inspection: Inspection) -> str:
    """Say where a rule of this name stands that has stood in its file before."""
    first: dict[str, Rule] = {}
    for rule in inspection.rules:
        if rule.name == name and first.setdefault(rule.file, rule) is not rule:
            return inspection.where(rule)
    return PROMETHEUS


CHECK = Check(proves="promtool accepts the configuration and every rule", run=_run)
