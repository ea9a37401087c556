"""What an expression asks for that nobody declares: metrics, labels, values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from promql_parser import AggregateExpr, BinaryExpr, MatchOp, VectorMatchCardinality, VectorSelector

from stack.promql.asked import holds, matchers_of, metric_names, values_asked
from stack.promql.labels import labels_of
from stack.promql.syntax import nodes, short
from stack.promql.variables import UNKNOWN
from stack.suggestion import nearest, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from promql_parser import Expr, Matcher

    from stack.contract.scope import Scope, Source

__all__ = ["Fault", "Kind", "faults", "lacks"]

DECLARE = "declare it in stack/metrics, or waive it there with a reason"


class Kind(Enum):
    """How a fault is to be taken."""

    UNDECLARED = "nobody declares it"
    ELSEWHERE = "it is declared, but no job of this environment has it"
    ODD = "it is declared, and not made for what is done with it"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with an expression, and what to do."""

    summary: str
    hint: str = ""
    kind: Kind = Kind.UNDECLARED


def faults(tree: Expr, scope: Scope) -> Iterator[Fault]:
    """Yield every metric, label and value of an expression that comes from nowhere."""
    for node in nodes(tree):
        if isinstance(node, VectorSelector):
            yield from _of_selector(node, scope)
        elif isinstance(node, AggregateExpr) and node.modifier is not None:
            yield from lacks(node.expr, node.modifier.labels, scope)
        elif isinstance(node, BinaryExpr):
            yield from _of_matching(node, scope)


def lacks(tree: Expr, labels: Iterable[str], scope: Scope) -> Iterator[Fault]:
    """Yield the labels that no series of an expression has."""
    certain = labels_of(tree, scope.certain)
    for label in labels:
        if UNKNOWN not in label and certain.lack(label):
            said = f"no series has the label '{label}' here: {short(str(tree).replace('{}', ''))}"
            yield Fault(said, nearest(label, certain.only or ()) or _labels(certain.only))


def _of_matching(node: BinaryExpr, scope: Scope) -> Iterator[Fault]:
    if node.modifier is None:
        return
    if node.modifier.matching is not None:
        for side in (node.lhs, node.rhs):
            yield from lacks(side, node.modifier.matching.labels, scope)
    if node.modifier.group_labels:
        one = node.rhs if node.modifier.card == VectorMatchCardinality.ManyToOne else node.lhs
        yield from lacks(one, node.modifier.group_labels, scope)


def _of_selector(selector: VectorSelector, scope: Scope) -> Iterator[Fault]:
    names = metric_names(selector)
    if any(UNKNOWN in name for name in names):
        return
    strange = [name for name in names if not scope.knows(name)]
    yield from (_strange(name, scope) for name in strange)
    yield from _of_pattern(selector, scope)
    jobs = list(_of_jobs(selector, names, scope))
    yield from jobs
    known = [name for name in names if name in scope.sources]
    if strange or jobs:
        return
    sources = scope.of(selector)
    if known and not sources and not any(name in scope.recorded for name in names):
        yield _wrong_job(known[0], scope)
    else:
        yield from _of_labels(selector, names, sources, scope)


def _strange(name: str, scope: Scope) -> Fault:
    if there := scope.elsewhere.get(name):
        who = ", ".join(there)
        hint = f"it is declared for {who}: give that targets, or leave the rule file out (disable.rules)"
        return Fault(f"no job of this environment has the metric '{name}'", hint, Kind.ELSEWHERE)
    if file := scope.left_out.get(name):
        hint = f"{file} does, and is left out (disable.rules)"
        return Fault(f"no rule of this environment records '{name}'", hint, Kind.ELSEWHERE)
    base = name.removesuffix("_bucket")
    if base != name and (found := scope.sources.get(base)):
        return Fault(f"'{name}' does not exist: '{base}' is a {found[0].series.kind}, it has no buckets")
    return Fault(f"no one declares the metric '{name}'", scope.meant(name) or DECLARE)


def _of_pattern(selector: VectorSelector, scope: Scope) -> Iterator[Fault]:
    """Yield each pattern of metric names that no metric fits."""
    known = (*scope.sources, *scope.recorded, *scope.waived)
    for matcher in matchers_of(selector):
        is_pattern = matcher.name == "__name__" and matcher.op == MatchOp.Re and not values_asked(matcher)
        if is_pattern and not any(holds(matcher, name) for name in known):
            yield Fault(f'no metric that is declared fits __name__=~"{matcher.value}"', DECLARE)


def _of_jobs(selector: VectorSelector, names: tuple[str, ...], scope: Scope) -> Iterator[Fault]:
    """Yield each job that does not exist, where the series cannot carry another's name."""
    if any(scope.foreign_jobs(name) for name in names):
        return
    for matcher in matchers_of(selector):
        for job in values_asked(matcher) if matcher.name == "job" else ():
            if job and job not in scope.jobs:
                yield Fault(f"there is no scrape job '{job}'", suggestion(job, scope.jobs))


def _wrong_job(name: str, scope: Scope) -> Fault:
    jobs = sorted({source.job for source in scope.sources[name]})
    return Fault(f"the jobs that are asked for have no metric '{name}'", f"it is one of {', '.join(jobs)}")


def _of_labels(
    selector: VectorSelector, names: tuple[str, ...], sources: list[Source], scope: Scope
) -> Iterator[Fault]:
    certain = scope.certain(selector)
    for matcher in matchers_of(selector):
        if matcher.name == "__name__" or UNKNOWN in matcher.name:
            continue
        if certain.lack(matcher.name):
            hint = nearest(matcher.name, certain.only or ()) or _labels(certain.only)
            yield Fault(f"'{' and '.join(names)}' has no label '{matcher.name}'", hint)
        elif matcher.name != "job" and not any(name in scope.recorded for name in names):
            yield from _of_values(matcher, names, sources)


def _of_values(matcher: Matcher, names: tuple[str, ...], sources: list[Source]) -> Iterator[Fault]:
    """Yield the values that a label with a fixed set of them never has; an empty one means no label."""
    having = [source.labels.get(matcher.name) for source in sources]
    if not having or not all(having):
        return
    known = {value for values in having if values for value in values}
    for value in values_asked(matcher):
        if value and value not in known:
            summary = f"the label '{matcher.name}' of '{' and '.join(names)}' never has the value '{value}'"
            yield Fault(summary, suggestion(value, known))


def _labels(only: frozenset[str] | None) -> str:
    return f"it has {', '.join(sorted(only))}" if only else ""
