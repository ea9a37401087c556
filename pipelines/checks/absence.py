"""What an alert compares cannot vanish without a word: without a sample no comparison is ever true."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pipelines.checks._equal import told_once
from pipelines.core.check import Check
from pipelines.core.survey import survey
from stack.contract.family import SYNTHETIC
from stack.contract.roots import Roots
from stack.promql.absence import missed, needed
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.checks._equal import Placed
    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule
    from stack.contract.family import Contract
    from stack.contract.scope import Scope, Source

__all__ = ["CHECK"]

HINT = "add an alert on `absent(…)`, or `… unless …` where its targets can be told"


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from told_once(_found(inspection))


def _found(inspection: Inspection) -> Iterator[Placed]:
    scope = survey(inspection).scope()
    roots = Roots(scope.recorded)
    told = _told(inspection, roots)
    sources = (source for name in told for source in scope.sources.get(name, ()))
    pages = {source.contract for source in sources if not _is_event(source, inspection)}
    for rule in inspection.alerts:
        unseen = sorted(_needed(rule, inspection, roots) - told)
        blind = [name for name in unseen if not _is_missed(name, scope, pages, inspection)]
        if blind and rule.labels.get("severity") != "none":
            summary = f"nothing is said where {' or '.join(blind)} is gone: the alert is then silent for ever"
            yield (
                Problem("absence", "", summary, inspection.gate(rule.file), hint=HINT),
                partial(inspection.where, rule),
            )


def _told(inspection: Inspection, roots: Roots) -> set[str]:
    """Name the series whose absence some alert tells, and those that the recordings among them rest on."""
    trees = (inspection.syntax(rule.expression) for rule in inspection.alerts)
    return roots.of({name for tree in trees if tree for name in missed(tree)})


def _needed(rule: Rule, inspection: Inspection, roots: Roots) -> set[str]:
    tree = inspection.syntax(rule.expression)
    return {name for name in roots.of(needed(tree)) if name not in roots.recorded} if tree else set()


def _is_missed(name: str, scope: Scope, pages: set[str], inspection: Inspection) -> bool:
    """Say whether a series is missed with others of its page, or is there only after an event.

    What rules record that are left out here is missed already: `metric_contract` says so.
    """
    there = [inspection.contracts.by_name[contract] for contract in scope.elsewhere.get(name, ())]
    if name in scope.left_out or (there and all(_comes_later(name, contract) for contract in there)):
        return True
    sources = scope.sources.get(name, ())
    return bool(sources) and all(
        source.contract in {SYNTHETIC, *pages} or _is_event(source, inspection) for source in sources
    )


def _comes_later(name: str, contract: Contract) -> bool:
    return any(series.name == name for series, _ in contract.eventual())


def _is_event(source: Source, inspection: Inspection) -> bool:
    contract = inspection.contracts.by_name.get(source.contract)
    return contract is not None and source.series.family in contract.events


CHECK = Check(proves="no alert goes silent because what it compares is gone", run=_run, lasting=True)
