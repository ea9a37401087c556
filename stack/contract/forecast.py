"""How many series an environment will have, told before it is deployed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stack.contract.family import SYNTHETIC
from stack.contract.jobs import contract_name, is_discovered, static_targets

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from stack.contract.family import Contract

__all__ = ["Forecast", "Share", "forecast"]

DISCOVERED = 10
"""Targets that a job is taken to find while it runs."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one job brings.

    Args:
        job: its name.
        targets: how many it has.
        series: how many series each of them has.
        assumption: what of it nobody has declared; empty where nothing is assumed.
    """

    job: str
    targets: int
    series: int
    assumption: str = ""

    @property
    def total(self) -> int:
        """All series of the job."""
        return self.targets * self.series


@dataclass(frozen=True, slots=True)
class Forecast:
    """What all jobs and rules bring, and what an environment allows."""

    shares: tuple[Share, ...] = ()
    recorded: int = 0
    budget: int = 0

    @property
    def total(self) -> int:
        """All series."""
        return self.recorded + sum(share.total for share in self.shares)

    @property
    def assumed(self) -> tuple[Share, ...]:
        """The shares that rest on an assumption."""
        return tuple(share for share in self.shares if share.assumption)

    def line(self) -> str:
        """Say it in one line, assumptions named as such."""
        targets = sum(share.targets for share in self.shares)
        told = "; ".join(f"{share.job}: {share.assumption}" for share in self.assumed)
        assumed = f"; assumed: {told}" if told else ""
        return f"about {self.total} series of {targets} targets, of {self.budget} in the budget{assumed}"

    def serialise(self) -> dict[str, Any]:
        """Give it as a JSON-ready mapping."""
        jobs = {
            share.job: {
                "targets": share.targets,
                "series_of_a_target": share.series,
                "series": share.total,
                "assumption": share.assumption,
            }
            for share in self.shares
        }
        return {"series": self.total, "budget": self.budget, "recorded": self.recorded, "jobs": jobs}


def forecast(  # noqa: PLR0913 # what a forecast rests on
    jobs: Sequence[Mapping[str, Any]],
    contracts: Mapping[str, Contract],
    owners: Mapping[str, str],
    *,
    recorded: int,
    assumed: int,
    budget: int,
) -> Forecast:
    """Forecast the series of an environment.

    Args:
        jobs: its scrape jobs.
        contracts: every contract by its name.
        owners: the service that brings each job.
        recorded: how many recording rules there are: each is taken for one series.
        assumed: series of a target that nobody has declared.
        budget: how many there may be.
    """
    own = contracts[SYNTHETIC].series if SYNTHETIC in contracts else 0
    shares = (
        _share(job, contracts.get(contract_name(job, contracts, owners) or ""), own, assumed) for job in jobs
    )
    return Forecast(tuple(shares), recorded, budget)


def _share(job: Mapping[str, Any], contract: Contract | None, own: int, assumed: int) -> Share:
    known = contract.series if contract else 0
    targets = len(static_targets(job)) + (DISCOVERED if is_discovered(job) else 0)
    assumption = ", ".join(_assumptions(job, known, assumed))
    return Share(str(job.get("job_name")), targets, (known or assumed) + own, assumption)


def _assumptions(job: Mapping[str, Any], known: int, assumed: int) -> Iterator[str]:
    if is_discovered(job):
        yield f"{DISCOVERED} targets found while it runs"
    if not known:
        yield f"{assumed} series a target"
