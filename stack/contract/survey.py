"""Surveys an environment: from its jobs, rules and contracts to all that may be asked for in it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from stack.contract.family import SYNTHETIC
from stack.contract.jobs import contract_name
from stack.contract.scope import Scope, Source
from stack.contract.targets import Target, target_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from stack.contract.family import Contract
    from stack.contract.scope import Recording

__all__ = ["Survey"]

ALERTS = frozenset({"ALERTS", "ALERTS_FOR_STATE"})
"""They have the labels of their alerts, whatever these are."""


@dataclass(frozen=True)
class Survey:
    """What an environment is made of, as far as metrics go.

    Args:
        jobs: its scrape jobs, as Prometheus' configuration has them.
        contracts: every contract by its name.
        owners: the service that brings each job, also of jobs without a target here.
        recorded: the rules that record each name.
        idle: those of rule files that are not loaded here.
        alerts: the name of every alert.
        left_out: names that only rules record which the environment leaves out, each with their file.
        strangers: what else may bring series that nobody has declared.
    """

    jobs: Sequence[Mapping[str, Any]]
    contracts: Mapping[str, Contract]
    owners: Mapping[str, str]
    recorded: Mapping[str, list[Recording]]
    idle: Mapping[str, list[Recording]] = field(default_factory=dict)
    alerts: Collection[str] = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    strangers: tuple[str, ...] = ()

    def scope(self, *, wide: bool = False) -> Scope:
        """Give what may be asked for.

        Args:
            wide: whether also what only other environments have.
        """
        here = {str(job.get("job_name")): target_of(job) for job in self.jobs}
        bound = {
            str(job.get("job_name")): contract_name(job, self.contracts, self.owners) for job in self.jobs
        }
        unknown = [name for name, contract in bound.items() if contract is None]
        absent = self.contracts.keys() - {SYNTHETIC, *bound.values()}
        there = [source for name in sorted(absent) for source in self._elsewhere(self.contracts[name])]
        found = [*self._here(here, bound), *self._made(here), *(there if wide else ())]
        return Scope(
            sources=_by_name(found),
            recorded={**self.idle, **self.recorded} if wide else self.recorded,
            waived=frozenset(name for contract in self.contracts.values() for name in contract.waivers),
            elsewhere={name: tuple({s.contract: 1 for s in made}) for name, made in _by_name(there).items()},
            left_out=self.left_out,
            jobs=frozenset({*here, *self.owners}),
            unknown=(*(f"job '{name}'" for name in unknown), *self.strangers),
            spare=frozenset(label for name in unknown for label in here[name].labels),
        )

    def _here(self, targets: Mapping[str, Target], bound: Mapping[str, str | None]) -> Iterator[Source]:
        for job, name in bound.items():
            if name is not None:
                yield from _sources(self.contracts[name], targets[job])

    def _elsewhere(self, contract: Contract) -> Iterator[Source]:
        """Yield what a contract declares without a job here, under the jobs that others have for it."""
        jobs = [job for job, service in self.owners.items() if service == contract.name]
        for job in jobs or [contract.name]:
            yield from _sources(contract, _anywhere(job))

    def _made(self, targets: Mapping[str, Target]) -> Iterator[Source]:
        """Yield what Prometheus makes by itself: a sample for each scrape, a series for each alert."""
        contract = self.contracts.get(SYNTHETIC)
        every = {**{job: _anywhere(job) for job in self.owners}, **targets}
        for series in contract.every() if contract else ():
            if series.name in ALERTS:
                labels = {**series.labels, "alertname": tuple(sorted(self.alerts))}
                yield Source(SYNTHETIC, "", replace(series, labels=labels), labels, any_label=True)
            else:
                for job, target in every.items():
                    yield Source(SYNTHETIC, job, series, target.over(series.labels), target.any_label)


def _anywhere(job: str) -> Target:
    """Give what is certain of the targets of a job that this environment does not have."""
    return Target(job, {"job": (job,), "instance": (), "env": ()})


def _sources(contract: Contract, target: Target) -> Iterator[Source]:
    for series in contract.every():
        yield Source(contract.name, target.job, series, target.over(series.labels), target.any_label)


def _by_name(found: Iterable[Source]) -> dict[str, list[Source]]:
    sources: dict[str, list[Source]] = defaultdict(list)
    for source in found:
        sources[source.series.name].append(source)
    return dict(sources)
