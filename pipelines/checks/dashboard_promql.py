"""Every query of a dashboard is PromQL once its variables are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipelines.checks._seen import Seen, house_rule
from pipelines.core.asking import asked
from pipelines.core.check import Check
from stack.dashboards.queries import known_values
from stack.promql.syntax import short
from stack.promql.variables import filled

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipelines.core.check import Inspection
    from stack.report import Problem

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule("dashboard_promql", inspection, lambda name, model: _look(name, model, inspection))


def _look(name: str, model: Mapping[str, Any], inspection: Inspection) -> Iterator[Seen]:
    for query, tree in asked(inspection, name):
        if tree is None:
            reason = inspection.refusal(filled(query.expression, known_values(model)))
            yield Seen(query.place, f"the query is no PromQL: {short(query.expression)}", reason)


CHECK = Check(proves="every query of a dashboard is PromQL", run=_run, lasting=True)
