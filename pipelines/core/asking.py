"""What dashboards ask Prometheus for: every query of each of them, parsed once for all checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from stack.dashboards.queries import known_values, queries
from stack.dashboards.sources import Naming, Reference, choices, inputs
from stack.promql.variables import readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr

    from pipelines.core.check import Inspection
    from stack.dashboards.queries import Query

__all__ = ["Asked", "asked", "parsed"]


class Asked(NamedTuple):
    """A query, and its syntax tree with all variables filled in; None where there is none."""

    query: Query
    tree: Expr | None


def asked(inspection: Inspection, dashboard: str) -> tuple[Asked, ...]:
    """Give every query of a dashboard that goes to Prometheus and asks for more than a label's values."""
    return inspection.once(("asked", dashboard), lambda: tuple(_asked(inspection, dashboard)))


def parsed(text: str, values: Mapping[str, str], inspection: Inspection) -> Expr | None:
    """Parse what a query may stand for, the first of its readings that is PromQL."""
    trees = (inspection.syntax(reading) for reading in readings(text, values))
    return next((tree for tree in trees if tree is not None), None)


def _asked(inspection: Inspection, dashboard: str) -> Iterator[Asked]:
    model = inspection.dashboards[dashboard]
    values, types = known_values(model), {**inputs(model), **choices(model)}
    for query in queries(model):
        source = Reference.of(query.place, query.source)
        kind = types.get(source.name, "prometheus") if source.naming is Naming.VARIABLE else "prometheus"
        if query.expression and kind == "prometheus":
            yield Asked(query, parsed(query.expression, values, inspection))
