"""Every metric that a rule asks for is known to the live Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.clients.prometheus import Prometheus
from stack.errors import HttpFailed
from stack.promql.syntax import names
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule

__all__ = ["CHECK"]

NAME = "live_series"


def _run(inspection: Inspection) -> Iterator[Problem]:
    if inspection.door is None or "prometheus" not in inspection.stack.services:
        return
    try:
        known = Prometheus(inspection.door("prometheus")).names()
    except HttpFailed as error:
        yield Problem(
            NAME, "", f"the live Prometheus cannot be asked: {error}", hint="run `invoke deploy` first"
        )
        return
    known |= {rule.name for rule in inspection.rules if rule.kind == "record"}
    for rule in inspection.rules:
        for name in sorted(_asked_for(rule, inspection) - known):
            summary = f"'{name}' is not known to the live Prometheus"
            hint = "misspelt, or of a service that does not run here, or an event that has not happened yet"
            yield Problem(NAME, inspection.where(rule), summary, Severity.WARNING, hint=hint)


def _asked_for(rule: Rule, inspection: Inspection) -> set[str]:
    tree = inspection.syntax(rule.expression)
    return names(tree) if tree is not None else set()


CHECK = Check(proves="every metric that a rule asks for is live", run=_run, online=True)
"""Only told, never an error: a counter may come into being with the first event that it counts."""
