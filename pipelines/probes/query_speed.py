"""The shipped rules' own expressions are answered quickly."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pipelines.core.probe import Probe, Waiting

if TYPE_CHECKING:
    from pipelines.core.probe import Sight

__all__ = ["PROBE"]

LIMIT = 0.5
"""Seconds, for the 95th percentile."""

MOST = 100
"""Expressions that are asked; every so many-th where there are more."""


def _run(sight: Sight) -> str:
    expressions = [rule["query"] for group in sight.prometheus.rule_groups() for rule in group["rules"]]
    asked = expressions[:: max(1, len(expressions) // MOST)]
    if not asked:
        return "there is no rule to ask"
    times = sorted(_time(expression, sight) for expression in asked)
    slow = times[int(0.95 * (len(times) - 1))]
    if slow > LIMIT:
        message = f"p95 of {len(asked)} queries is {slow * 1000:.0f} ms, more than {LIMIT * 1000:.0f} ms"
        raise Waiting(message)
    return f"p95 of {len(asked)} rule expressions is {slow * 1000:.0f} ms"


def _time(expression: str, sight: Sight) -> float:
    before = time.monotonic()
    sight.prometheus.query(expression)
    return time.monotonic() - before


PROBE = Probe(asks="whether p95 of the rules' queries is below 500 ms", run=_run, needs=("prometheus",))
