"""All that may be asked for in one environment: who exposes or records it, with which labels."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

from promql_parser import VectorSelector

from stack.promql.asked import asked, metric_names
from stack.promql.labels import Labels as Certain
from stack.promql.labels import labels_of
from stack.promql.syntax import nodes
from stack.suggestion import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from promql_parser import Expr

    from stack.contract.family import Labels, Series

__all__ = ["Recording", "Scope", "Source"]


@dataclass(frozen=True, slots=True)
class Source:
    """Where series of one name come from: the contract, the job, and all labels that they have there.

    Args:
        contract: the contract's name.
        job: the job's name; empty where they are of no one job.
        series: what the contract says, the target's labels not among it.
        labels: all of their labels; no values where these are no fixed set.
        any_label: whether they may have other labels, too.
    """

    contract: str
    job: str
    series: Series
    labels: Labels
    any_label: bool = False

    @property
    def any_job(self) -> bool:
        """Whether their label `job` may name something else than a scrape job."""
        return self.any_label or not self.labels.get("job")


@dataclass(frozen=True, slots=True)
class Recording:
    """A recording rule: what it evaluates, where that can be parsed, and the labels that it adds."""

    tree: Expr | None
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Scope:
    """What may be asked for.

    Args:
        sources: who exposes series of a name.
        recorded: the rules that record a name.
        waived: names that may be asked for though nobody declares them.
        elsewhere: contracts that declare a name but have no job here.
        left_out: rule files that record a name but are left out here.
        jobs: the name of every scrape job.
        unknown: what may bring series that nobody has declared: `job 'shop'`.
        spare: labels that unknown jobs give to their targets.
    """

    sources: Mapping[str, list[Source]] = field(default_factory=dict)
    recorded: Mapping[str, list[Recording]] = field(default_factory=dict)
    waived: frozenset[str] = frozenset()
    elsewhere: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    left_out: Mapping[str, str] = field(default_factory=dict)
    jobs: frozenset[str] = frozenset()
    unknown: tuple[str, ...] = ()
    spare: frozenset[str] = frozenset()
    _foreign: dict[str, bool] = field(default_factory=dict, init=False, repr=False, compare=False)
    _meant: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)
    _certain: dict[str, Certain] = field(default_factory=dict, init=False, repr=False, compare=False)

    def of(self, selector: VectorSelector) -> list[Source]:
        """Give the sources of what a selector asks for, as far as their job passes its matchers."""
        passes = asked(selector, "job")
        names = metric_names(selector) or self.sources
        found = (source for name in names for source in self.sources.get(name, ()))
        return [source for source in found if source.any_job or any(map(passes, source.labels["job"]))]

    def kinds(self, selector: VectorSelector) -> set[str]:
        """Give the kinds of what a selector asks for; none where that cannot be told."""
        names = metric_names(selector)
        if not names or any(name in self.recorded or name in self.waived for name in names):
            return set()
        return {source.series.kind for source in self.of(selector)}

    def knows(self, name: str) -> bool:
        """Say whether a name is declared here, recorded, or waived."""
        return name in self.sources or name in self.recorded or name in self.waived

    def certain(self, selector: VectorSelector) -> Certain:
        """Tell what is certain of the labels of what a selector reads."""
        names = metric_names(selector)
        if not names or any(name in self.waived or not self.knows(name) for name in names):
            return Certain()
        found = self.of(selector)
        parts = [self._declared(found)] if found else []
        parts += [self._recorded(name) for name in names if name in self.recorded]
        return reduce(Certain.either, parts) if parts else Certain()

    def meant(self, name: str) -> str:
        """Ask for the metric that was probably meant."""
        if name not in self._meant:
            # The whole list takes milliseconds, and a generated rule file may have thousands of names.
            near = [known for known in (*self.sources, *self.recorded) if known[:3] == name[:3]]
            self._meant[name] = nearest(name, near)
        return self._meant[name]

    def foreign_jobs(self, name: str) -> bool:
        """Say whether series of a name may carry the name of a job that is none of Prometheus'."""
        if name not in self._foreign:
            found = (source for read in self._read_by(name) for source in self.sources.get(read, ()))
            self._foreign[name] = any(source.any_job for source in found)
        return self._foreign[name]

    def _read_by(self, name: str) -> set[str]:
        """Name a metric and all that the rules which record it rest on."""
        seen, waiting = set(), [name]
        while waiting:
            name = waiting.pop()
            if name not in seen:
                seen.add(name)
                waiting += [read for made in self.recorded.get(name, ()) for read in _names(made.tree)]
        return seen

    def _declared(self, found: Iterable[Source]) -> Certain:
        if any(source.any_label for source in found):
            return Certain()
        return Certain(frozenset(label for source in found for label in source.labels) | self.spare)

    def _recorded(self, name: str) -> Certain:
        if name not in self._certain:
            self._certain[name] = Certain()  # a rule that reads itself says nothing of its labels
            made = [self._of_recording(recording) for recording in self.recorded[name]]
            self._certain[name] = reduce(Certain.either, made)
        return self._certain[name]

    def _of_recording(self, recording: Recording) -> Certain:
        if recording.tree is None:
            return Certain()
        return labels_of(recording.tree, self.certain).plus(recording.labels)


def _names(tree: Expr | None) -> Iterator[str]:
    for node in nodes(tree) if tree is not None else ():
        if isinstance(node, VectorSelector):
            yield from metric_names(node)
