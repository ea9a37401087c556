"""Alertmanager's matchers, as far as two of them can be compared."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from stack.documents import mapping, strings
from stack.matching import satisfies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

__all__ = ["Matcher", "accepts", "cases", "implies", "matchers_of", "never_together"]

MATCHER = re.compile(
    r"""\s*(?P<name>"[^"]*"|[^\s=!~"{},]+)\s*(?P<op>=~|!~|!=|=)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s"{},]*)\s*"""
)
ESCAPE = re.compile(r"\\([\\\"n])")
LITERALS = re.compile(r"[\w :/@-]+(?:\|[\w :/@-]+)*|\([\w :/@-]+(?:\|[\w :/@-]+)*\)")
"""An expression that is a list of plain words."""
ALL = {".*", "(.*)"}
MOST_CASES = 100


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


@lru_cache(maxsize=4096)
def _parts(text: str) -> frozenset[Matcher] | None:
    rest = text.strip().removeprefix("{").removesuffix("}")
    found = set()
    while rest:
        match = MATCHER.match(rest)
        if match is None:
            return None
        found.add(Matcher(_plain(match["name"]), match["op"], _plain(match["value"])))
        rest = rest[match.end() :].lstrip().removeprefix(",")
    return frozenset(found)


def _plain(text: str) -> str:
    """Take the quotes off; what an escape that is none of these says is for the regular expression."""
    if not text.startswith('"'):
        return text
    return ESCAPE.sub(lambda found: "\n" if found[1] == "n" else found[1], text[1:-1])


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
    return satisfies(matcher.op, matcher.value, value)


def implies(conditions: frozenset[Matcher], other: Matcher) -> bool:
    """Whether every alert that meets the conditions meets another one, as far as that is certain."""
    if other.op == "=~" and other.value in ALL:
        return True
    return other in conditions or any(
        all(accepts(other, value) for value in values)
        for one in conditions
        if one.name == other.name and (values := _values(one))
    )


def cases(conditions: frozenset[Matcher]) -> Iterator[frozenset[Matcher]]:
    """Take conditions apart: `severity=~"page|info"` into one set for `page` and one for `info`.

    An alert meets the conditions where it meets one of the sets. Too many of them are left together.
    """
    apart = {one: _values(one) for one in conditions}
    choices = [
        [Matcher(one.name, "=", value) for value in sorted(values)] if values else [one]
        for one, values in apart.items()
    ]
    count = 1
    for choice in choices:
        count *= len(choice)
    yield from map(frozenset, product(*choices)) if count <= MOST_CASES else [conditions]


def _values(matcher: Matcher) -> frozenset[str]:
    """Give the only values that a matcher takes; nothing where they cannot be listed."""
    if matcher.op == "=":
        return frozenset([matcher.value])
    if matcher.op == "=~" and LITERALS.fullmatch(matcher.value):
        return frozenset(matcher.value.strip("()").split("|"))
    return frozenset()
