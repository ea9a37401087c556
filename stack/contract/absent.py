"""What nobody exposes in one environment, though it is declared: its service is watched elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.contract.family import SYNTHETIC
from stack.contract.jobs import contract_name
from stack.contract.reading import read_contracts
from stack.scrape import jobs, owners

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack

__all__ = ["absent"]


def absent(stack: Stack) -> Mapping[str, str]:
    """Name each metric that no scrape job of a stack brings, with what it would take."""
    known, brings = read_contracts(stack.metrics).by_name, owners(stack)
    bound = (contract_name(job, known, brings) for job in jobs(stack))
    here = {SYNTHETIC, *filter(None, bound)} & known.keys()
    brought = {one.name for name in here for one in known[name].every()}
    return {
        one.name: f"{name} is watched, which it is not here"
        for name, contract in known.items()
        if name not in here
        for one in contract.every()
        if one.name not in brought
    }
