"""No query of a dashboard is bound to one environment, and all follow the one that the viewer chooses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from promql_parser import VectorSelector

from pipelines.checks._seen import Seen, house_rule
from pipelines.core.asking import asked, parsed
from pipelines.core.check import Check
from pipelines.core.survey import anywhere
from stack.dashboards.followed import CHOSEN, followers, strays
from stack.promql.asked import matchers_of, values_asked
from stack.promql.labels import Labels
from stack.promql.selectors import selectors
from stack.promql.syntax import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from promql_parser import Expr

    from pipelines.core.check import Inspection
    from stack.contract.scope import Scope
    from stack.report import Problem

__all__ = ["CHECK"]

LABEL = "env"
"""The label that says which environment a series is of, and the variable by which a viewer chooses one."""
HINT = f'{LABEL}=~"${LABEL}"'


def _run(inspection: Inspection) -> Iterator[Problem]:
    yield from house_rule(
        "dashboard_environment", inspection, lambda name, model: _look(name, model, inspection)
    )


def _look(name: str, model: Mapping[str, Any], inspection: Inspection) -> Iterator[Seen]:
    chosen = dict.fromkeys(followers(model, LABEL), CHOSEN)
    for query, _ in asked(inspection, name):
        tree = parsed(query.expression, chosen, inspection)
        if tree is None:
            continue
        for value in _written(tree):
            yield Seen(query.place, f'the environment is written out: {LABEL}="{value}"', HINT)
        if chosen and query.variable != LABEL:
            for stray in strays(tree, LABEL, lambda selector: _labels(selector, anywhere(inspection))):
                yield Seen(query.place, f"'{stray}' does not follow the variable '{LABEL}'", HINT)


def _labels(selector: VectorSelector, scope: Scope) -> Labels:
    """Tell what is certain of the labels of a selector's series; a recorded constant is of no environment."""
    made = [one.tree for one in scope.recorded.get(selector.name or "", ())]
    if made and not any(tree is None or any(selectors(tree)) for tree in made):
        return Labels(never=frozenset({LABEL}))
    return scope.certain(selector)


def _written(tree: Expr) -> Iterator[str]:
    for node in nodes(tree):
        for matcher in matchers_of(node) if isinstance(node, VectorSelector) else ():
            if matcher.name == LABEL:
                yield from (value for value in values_asked(matcher) if value and CHOSEN not in value)


CHECK = Check(proves="every query follows the environment that the viewer chooses", run=_run, lasting=True)
