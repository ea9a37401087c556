"""Every metric that a rule asks for is known to the live Prometheus, with the labels that it asks for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from promql_parser import MatchOp, VectorSelector

from pipelines.core.check import Check
from stack.clients.prometheus import Prometheus
from stack.errors import HttpFailed
from stack.promql.asked import values_asked
from stack.promql.syntax import names, nodes
from stack.report import Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from promql_parser import Matcher

    from pipelines.core.check import Inspection
    from pipelines.core.rules import Rule

__all__ = ["CHECK"]

NAME = "live_series"
OPERATORS = ((MatchOp.Equal, "="), (MatchOp.Re, "=~"))


def _run(inspection: Inspection) -> Iterator[Problem]:
    if inspection.door is None or "prometheus" not in inspection.stack.services:
        return
    server = Prometheus(inspection.door("prometheus"))
    try:
        yield from _unknown(server.names(), inspection)
        yield from _unmatched(server, inspection)
    except HttpFailed as error:
        yield Problem(
            NAME, "", f"the live Prometheus cannot be asked: {error}", hint="run `invoke deploy` first"
        )


def _unknown(live: set[str], inspection: Inspection) -> Iterator[Problem]:
    known = live | {rule.name for rule in inspection.rules if rule.kind == "record"}
    for rule in inspection.rules:
        for name in sorted(_asked_for(rule, inspection) - known):
            summary = f"'{name}' is not known to the live Prometheus"
            hint = "misspelt, or of a service that does not run here, or an event that has not happened yet"
            yield Problem(NAME, inspection.where(rule), summary, Severity.WARNING, hint=hint)


def _asked_for(rule: Rule, inspection: Inspection) -> set[str]:
    tree = inspection.syntax(rule.expression)
    return names(tree) if tree is not None else set()


def _unmatched(server: Prometheus, inspection: Inspection) -> Iterator[Problem]:
    """Yield each selector of a metric that is live whose labels no series has; each is asked for once."""
    places: dict[str, tuple[str, str]] = {}
    for rule in inspection.rules:
        for name, text in _narrowed(rule, inspection):
            places.setdefault(text, (name, inspection.where(rule)))
    for text, (name, where) in places.items():
        if server.value(f"count({text})") is None and server.value(f"count({name})") is not None:
            summary = f"no series of '{name}' that is live has these labels: {text}"
            hint = "misspelt, or it comes with an event that has not happened yet"
            yield Problem(NAME, where, summary, Severity.WARNING, hint=hint)


def _narrowed(rule: Rule, inspection: Inspection) -> Iterator[tuple[str, str]]:
    """Yield the metrics of a rule that are asked for with labels, and that as a selector of its own."""
    tree = inspection.syntax(rule.expression)
    for node in nodes(tree) if tree is not None else ():
        if isinstance(node, VectorSelector) and node.name and not node.matchers.or_matchers:
            wanted = ", ".join(map(_text, filter(values_asked, node.matchers.matchers)))
            if wanted:
                yield node.name, f"{node.name}{{{wanted}}}"


def _text(matcher: Matcher) -> str:
    operator = next(sign for operator, sign in OPERATORS if operator == matcher.op)
    return f"{matcher.name}{operator}{json.dumps(matcher.value, ensure_ascii=False)}"


CHECK = Check(proves="every metric that a rule asks for is live, with its labels", run=_run, online=True)
"""Only told, never an error: a counter may come into being with the first event that it counts."""
