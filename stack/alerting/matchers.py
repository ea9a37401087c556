"""Alertmanager's matchers, as far as two of them can be compared."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from stack.documents import mapping, strings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["Matcher", "accepts", "matchers_of", "never_together"]

MATCHER = re.compile(
    r"""\s*(?P<name>"[^"]*"|[^\s=!~"{},]+)\s*(?P<op>=~|!~|!=|=)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s"{},]*)\s*"""
)


class Matcher(NamedTuple):
    """One condition on a label; `op` is one of = != =~ !~."""

    name: str
    op: str
    value: str


def matchers_of(body: Mapping[str, Any], prefix: str = "") -> frozenset[Matcher] | None:
    """Give the matchers of a route, or of one side of an inhibition; None where one of them cannot be read.

    Args:
        body: the route or the inhibition.
        prefix: `source_` or `target_` for the sides of an inhibition.

    Source: https://prometheus.io/docs/alerting/latest/configuration/#matcher
    """
    found = {
        Matcher(str(name), "=", str(value)) for name, value in mapping(body.get(f"{prefix}match")).items()
    }
    found |= {Matcher(str(k), "=~", str(v)) for k, v in mapping(body.get(f"{prefix}match_re")).items()}
    for _, text in strings(body.get(f"{prefix}matchers")):
        parts = _parts(text)
        if parts is None:
            return None
        found |= parts
    return frozenset(found)


def _parts(text: str) -> set[Matcher] | None:
    rest = text.strip().removeprefix("{").removesuffix("}")
    found = set()
    while rest:
        match = MATCHER.match(rest)
        if match is None:
            return None
        found.add(Matcher(match["name"].strip('"'), match["op"], match["value"].strip('"')))
        rest = rest[match.end() :].lstrip().removeprefix(",")
    return found


def never_together(one: Matcher, other: Matcher) -> bool:
    """Whether no value of a label can satisfy both, as far as that is certain."""
    if one.name != other.name or "=" not in {one.op, other.op}:
        return False
    fixed, judge = (one, other) if one.op == "=" else (other, one)
    return not accepts(judge, fixed.value)


def accepts(matcher: Matcher, value: str) -> bool:
    """Whether a label's value satisfies a matcher; a label that is not there has an empty one.

    An expression that only Go's engine can read is taken to accept everything.
    """
    if matcher.op in {"=", "!="}:
        return (matcher.value == value) is (matcher.op == "=")
    try:
        return bool(re.fullmatch(matcher.value, value)) is (matcher.op == "=~")
    except re.error:
        return True
