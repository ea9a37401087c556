"""How many scrapes fit into the window of a rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from promql_parser import Call, MatchOp, MatrixSelector

from stack.documents import dig
from stack.duration import seconds
from stack.promql.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr, VectorSelector

    from pipelines.core.check import Inspection

__all__ = ["ENOUGH", "FEWEST", "intervals", "job", "length", "windows"]

RATES = {"delta", "deriv", "idelta", "increase", "irate", "predict_linear", "rate"}
FEWEST, ENOUGH = 2, 4
"""Scrapes in a window: what a rate needs at all, and what outlives one failed scrape.

Source: https://www.robustperception.io/what-range-should-i-use-with-rate/
"""


def intervals(inspection: Inspection) -> dict[str, float]:
    """Give each job's interval in seconds; under the empty name the shortest, for metrics of any job."""
    usual = length(dig(inspection.prometheus, "global", "scrape_interval"), 60.0)
    jobs = {str(job.get("job_name")): length(job.get("scrape_interval"), usual) for _, job in inspection.jobs}
    return {**jobs, "": min(jobs.values(), default=usual)}


def length(duration: object, otherwise: float) -> float:
    """Give a duration's seconds, another number where it is none."""
    try:
        return seconds(str(duration)) or otherwise
    except ValueError:
        return otherwise


def windows(tree: Expr) -> Iterator[tuple[VectorSelector, float]]:
    """Yield what each rate is taken of, and the length in seconds of its window."""
    for node in nodes(tree):
        if isinstance(node, Call) and node.func.name in RATES and isinstance(node.args[0], MatrixSelector):
            yield node.args[0].vector_selector, node.args[0].range.total_seconds()


def job(selector: VectorSelector, known: Mapping[str, float]) -> str:
    """Give the job that a selector names, empty where it names none that is known."""
    matchers = selector.matchers.matchers
    fixed = (matcher.value for matcher in matchers if matcher.name == "job" and matcher.op == MatchOp.Equal)
    return next((value for value in fixed if value in known), "")
