"""What an alert compares cannot vanish without a word: without a sample no comparison is ever true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.check import Check
from pipelines.core.survey import survey
from stack.contract.family import SYNTHETIC
from stack.promql.absence import missed, needed
from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule
    from stack.contract.scope import Scope, Source

__all__ = ["CHECK"]


def _run(inspection: Inspection) -> Iterator[Problem]:
    scope = survey(inspection).scope()
    told = _told(inspection, scope)
    found = (source for name in told for source in scope.sources.get(name, ()))
    pages = {source.contract for source in found if not _is_event(source, inspection)}
    for rule in inspection.alerts:
        unseen = sorted(_needed(rule, inspection, scope) - told)
        blind = [name for name in unseen if not _goes_with_its_page(name, scope, pages, inspection)]
        if blind and rule.labels.get("severity") != "none":
            summary = f"nothing is said where {' or '.join(blind)} is gone: the alert is then silent for ever"
            hint = "add an alert on `absent(…)`, or `… unless …` where its targets can be told"
            where, severity = inspection.where(rule), inspection.gate(rule.file)
            yield Problem("absence", where, summary, severity, hint=hint)


def _told(inspection: Inspection, scope: Scope) -> set[str]:
    """Name the series whose absence some alert tells, and those that the recordings among them rest on."""
    trees = (inspection.syntax(rule.expression) for rule in inspection.alerts)
    return _rested_on({name for tree in trees if tree for name in missed(tree)}, scope)


def _needed(rule: Rule, inspection: Inspection, scope: Scope) -> set[str]:
    tree = inspection.syntax(rule.expression)
    return {name for name in _rested_on(needed(tree), scope) if name not in scope.recorded} if tree else set()


def _rested_on(names: Iterable[str], scope: Scope) -> set[str]:
    """Name series, and what the rules rest on that record them."""
    found, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            trees = (made.tree for made in scope.recorded.get(name, ()))
            waiting += [inner for tree in trees if tree is not None for inner in needed(tree)]
    return found


def _goes_with_its_page(name: str, scope: Scope, pages: set[str], inspection: Inspection) -> bool:
    """Say whether a series is missed with others of its page, or is there only after an event."""
    sources = scope.sources.get(name, ())
    return bool(sources) and all(
        source.contract in {SYNTHETIC, *pages} or _is_event(source, inspection) for source in sources
    )


def _is_event(source: Source, inspection: Inspection) -> bool:
    contract = inspection.contracts.by_name.get(source.contract)
    return contract is not None and source.series.family in contract.events


CHECK = Check(proves="no alert goes silent because what it compares is gone", run=_run, lasting=True)
