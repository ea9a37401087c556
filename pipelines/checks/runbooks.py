"""Every alert leads to its runbook, and a page that lies beside the rules is there."""

from __future__ import annotations

from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.alerts:
        for summary, hint in _faults(rule, inspection):
            yield Problem("runbooks", inspection.where(rule), summary, inspection.gate(rule.file), hint=hint)


def _faults(rule: Rule, inspection: Inspection) -> Iterator[tuple[str, str]]:
    link = str(rule.annotations.get("runbook_url") or "")
    if not link:
        yield "the alert leads to no runbook", "write one and name it: annotations.runbook_url"
    elif "://" not in link and "{{" not in link and not _page(link, rule, inspection).is_file():
        yield f"there is no runbook {link}", "write it: impact, diagnosis, action, escalation"


def _page(link: str, rule: Rule, inspection: Inspection) -> Path:
    """Give the page that a relative link means: it starts at the folder that holds `rules/`."""
    source = inspection.stack.rules.get(PurePath(rule.file).stem)
    return (source.parents[1] if source else inspection.root) / link.replace("\0", "")


CHECK = Check(proves="every alert leads to a runbook that is there", run=_run)
