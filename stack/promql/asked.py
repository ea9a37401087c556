"""What a PromQL selector asks for: names of metrics, and the values it takes of a label."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from promql_parser import MatchOp

from stack.matching import satisfies
from stack.promql.selectors import OPERATORS
from stack.promql.variables import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from promql_parser import Matcher, VectorSelector

__all__ = ["asked", "holds", "matchers_of", "metric_names", "values_asked"]

NAME = "__name__"
PLAIN = re.compile(r"[\w :/@,=%<>~-]*(?:\\\.[\w :/@,=%<>~-]*)*")
"""Text that means itself in a regular expression, an escaped dot too."""


def matchers_of(selector: VectorSelector) -> Iterator[Matcher]:
    """Yield every matcher of a selector, also those behind an `or`."""
    yield from selector.matchers.matchers
    for others in selector.matchers.or_matchers:
        yield from others


def metric_names(selector: VectorSelector) -> tuple[str, ...]:
    """Name the metrics that a selector asks for; none where it asks by a pattern, or for all."""
    if selector.name:
        return (selector.name,)
    asked_for = [values_asked(matcher) for matcher in matchers_of(selector) if matcher.name == NAME]
    return asked_for[0] if len(asked_for) == 1 else ()


def values_asked(matcher: Matcher) -> tuple[str, ...]:
    """Give the values that a matcher asks for by name, those of `=~"a|b"` too; none where it does not."""
    if UNKNOWN in matcher.value:
        return ()
    if matcher.op == MatchOp.Equal:
        return (matcher.value,)
    parts = matcher.value.split("|")
    if matcher.op == MatchOp.Re and all(map(PLAIN.fullmatch, parts)):
        return tuple(part.replace("\\.", ".") for part in parts)
    return ()


def asked(selector: VectorSelector, label: str) -> Callable[[str], bool]:
    """Give a test for the values of a label that a selector lets pass."""
    own = [matcher for matcher in matchers_of(selector) if matcher.name == label]
    return lambda value: all(holds(matcher, value) for matcher in own)


def holds(matcher: Matcher, value: str) -> bool:
    """Say whether a value passes a matcher; what cannot be told passes.

    Source: https://prometheus.io/docs/prometheus/latest/querying/basics/#instant-vector-selectors
    """
    if UNKNOWN in matcher.value:
        return True
    return satisfies(OPERATORS[str(matcher.op)], matcher.value, value)
