"""What nobody need expose now, though it is declared: it is watched elsewhere, out of reach, or an event."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.contract.family import SYNTHETIC
from stack.contract.jobs import contract_name
from stack.contract.reading import read_contracts
from stack.scrape import jobs, owners

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from stack.clients.prometheus import Prometheus
    from stack.contract.family import Contract
    from stack.service import Stack

__all__ = ["absent", "unreached"]

HEALTH = '{__name__=~"[a-z]+_up"} == 0'
"""How an exporter says that what it exports does not answer it: `redis_up`, `pg_up`."""


def unreached(prometheus: Prometheus) -> frozenset[str]:
    """Name the metrics by which exporters say that they do not reach what they export.

    Raises:
        HttpFailed: there was no answer.
    """
    return frozenset(one["metric"]["__name__"] for one in prometheus.query(HEALTH))


def absent(stack: Stack, down: Collection[str] = ()) -> Mapping[str, str]:
    """Name each metric that a scrape of a stack need not bring, with what it would take.

    Args:
        stack: the stack.
        down: what `unreached` gives.
    """
    known, brings = read_contracts(stack.metrics).by_name, owners(stack)
    bound = (contract_name(job, known, brings) for job in jobs(stack))
    here = {SYNTHETIC, *filter(None, bound)} & known.keys()
    brought = {one.name for name in here for one in known[name].every()}
    elsewhere = {
        one.name: f"{name} is watched, which it is not here"
        for name, contract in known.items()
        if name not in here
        for one in contract.every()
        if one.name not in brought
    }
    contracts = [known[name] for name in sorted(here)]
    return elsewhere | dict(_events(contracts)) | dict(_out_of_reach(contracts, down))


def _events(here: Sequence[Contract]) -> Iterator[tuple[str, str]]:
    """Yield what a contract says comes into being only with an event, and its reason."""
    for contract in here:
        yield from ((series.name, f"its event ({reason})") for series, reason in contract.eventual())


def _out_of_reach(here: Sequence[Contract], down: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield all that an exporter exposes which does not reach what it exports."""
    for contract in here:
        names = [one.name for one in contract.every()]
        if said := sorted(set(down).intersection(names)):
            yield from ((name, f"{said[0]} is 1 again") for name in names if name not in said)
