"""Every rule's result still says which environment it is of: routes and dashboards choose by `env`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from stack.promql.aggregation import plainly_keeps
from stack.promql.labels import labels_of
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.check import Inspection, Rule

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    for rule in inspection.rules:
        if "env" not in rule.labels and _drops(rule, inspection):
            hint = "aggregate `by (env, …)`, match `on (env, …)`, or set env under `labels`"
            summary = "the expression drops the label env: nobody can tell which environment it is of"
            yield Problem("env_dropped", inspection.where(rule), summary, hint=hint)


def _drops(rule: Rule, inspection: Inspection) -> bool:
    if plainly_keeps(rule.expression, ["env"]):
        return False
    tree = inspection.syntax(rule.expression)
    return tree is not None and labels_of(tree).lack("env")


CHECK = Check(proves="no rule drops the label env", run=_run)
