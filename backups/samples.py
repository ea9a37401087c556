"""Sample queries: what a Prometheus answers of the past, so that a restored one can be held against it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.moment import moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stack.clients.prometheus import Prometheus

__all__ = ["MOMENTS", "asked", "differences", "moments"]

QUERIES = ('count by (job) ({__name__!=""})', 'sum by (job) ({__name__!=""})')
"""Every series that there is at a moment: how many, and what they come to."""

MOMENTS = 6
"""How many moments of what is kept are asked of."""

PATIENCE = 120.0
"""Seconds for one of them: it reads every series."""


def moments(start: float, end: float) -> tuple[float, ...]:
    """Give moments that lie evenly in a stretch, both ends among them, in Unix seconds to the millisecond."""
    if end <= start:
        return (round(end, 3),)
    step = (end - start) / (MOMENTS - 1)
    return tuple(round(start + step * number, 3) for number in range(MOMENTS))


def asked(server: Prometheus, at: Sequence[float]) -> list[dict[str, Any]]:
    """Ask every query at every moment: `{"query": …, "at": …, "values": {labels: text}}`.

    Raises:
        HttpFailed: there was no answer.
    """
    return [
        {"query": query, "at": when, "values": _values(server, query, when)}
        for when in at
        for query in QUERIES
    ]


def differences(server: Prometheus, told: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Give a line for each query whose answer is another one now, to the last digit.

    Raises:
        HttpFailed: there was no answer.
    """
    for one in told:
        now = _values(server, one["query"], one["at"])
        if now != one["values"]:
            yield f"{one['query']} at {moment(one['at'])}: {_said(one['values'], now)}"


def _values(server: Prometheus, query: str, at: float) -> dict[str, str]:
    found = server.query(query, at, timeout=PATIENCE)
    return {sample["metric"].get("job", ""): sample["value"][1] for sample in found}


def _said(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    job = next(job for job in sorted({*before, *now}) if before.get(job) != now.get(job))
    named = f"job {job}" if job else "series without a job"
    return f"{named} had {before.get(job, 'nothing')}, has {now.get(job, 'nothing')}"
