"""What rules and dashboards ask for is declared: every metric, every label, every value of a fixed set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.checks._equal import told_once
from pipelines.core.asking import asked
from pipelines.core.check import Check
from pipelines.core.survey import anywhere, survey
from stack.contract.faults import Fault, Kind, faults, lacks
from stack.contract.misuse import misuses
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Expr

    from pipelines.checks._equal import Placed
    from pipelines.core.check import Inspection, Rule
    from stack.contract.scope import Scope
    from stack.dashboards.queries import Query

__all__ = ["CHECK"]

NAME = "metric_contract"


@dataclass(frozen=True, slots=True)
class Found:
    """A fault, the file that it is in, and its place there, or the rule to find that of."""

    file: str
    at: Rule | str
    fault: Fault


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from inspection.contracts.problems
    here, wide = survey(inspection).scope(), anywhere(inspection)
    found = [
        *_of_rules(inspection, here),
        *_of_idle_rules(inspection, wide),
        *_of_dashboards(inspection, wide),
    ]
    yield from told_once(_placed(one, here, inspection) for one in found)


def _of_rules(inspection: Inspection, scope: Scope) -> Iterator[Found]:
    for rule in inspection.rules:
        tree = inspection.syntax(rule.expression)
        for fault in _asked(tree, scope) if tree is not None else ():
            yield Found(rule.file, rule, fault)


def _of_idle_rules(inspection: Inspection, scope: Scope) -> Iterator[Found]:
    for file in inspection.idle_files:
        for rule in file.rules:
            tree = inspection.syntax(rule.expression)
            for fault in _asked(tree, scope) if tree is not None else ():
                yield Found(file.name, file.of(rule), fault)


def _of_dashboards(inspection: Inspection, scope: Scope) -> Iterator[Found]:
    """Look at every query; a dashboard may show what only some environments have."""
    for name in inspection.dashboards:
        for query, tree in asked(inspection, name):
            for fault in _of_query(query, tree, scope) if tree is not None else ():
                yield Found(name, f"{name}: {query.place}", fault)


def _of_query(query: Query, tree: Expr, scope: Scope) -> Iterator[Fault]:
    yield from _asked(tree, scope)
    yield from lacks(tree, [query.label] if query.label else [], scope)


def _asked(tree: Expr, scope: Scope) -> Iterator[Fault]:
    yield from faults(tree, scope)
    yield from misuses(tree, scope)


def _placed(one: Found, scope: Scope, inspection: Inspection) -> Placed:
    hint, severity = _hint(one, scope, inspection), _severity(one, scope, inspection)
    problem = Problem(NAME, "", one.fault.summary, severity, hint=hint)
    return problem, lambda: one.at if isinstance(one.at, str) else inspection.where(one.at)


def _severity(one: Found, scope: Scope, inspection: Inspection) -> Severity:
    if one.fault.kind is not Kind.UNDECLARED:
        return Severity.WARNING
    if scope.unknown and not inspection.is_shipped(one.file):
        return Severity.WARNING  # it may well come from there
    return inspection.gate(one.file)


def _hint(one: Found, scope: Scope, inspection: Inspection) -> str:
    if one.fault.kind is Kind.UNDECLARED and scope.unknown and not inspection.is_shipped(one.file):
        return f"{one.fault.hint}; {scope.unknown[0]} may have it: nobody has declared what that brings"
    return one.fault.hint


CHECK = Check(proves="what rules and dashboards ask for is declared by somebody", run=_run, lasting=True)
