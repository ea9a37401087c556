"""Labels that reach a receiver: for whoever wants to see that a notification arrives there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice, product
from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import accepts, matchers_of
from stack.alerting.routes import reached, routes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.alerting.matchers import Matcher
    from stack.alerting.routes import Route

__all__ = ["OTHER", "Letter", "letters"]

OTHER = "drill"
"""The value of a label that is none of those that a route asks for."""

MOST = 20_000
"""Combinations of labels that are tried."""

PLAIN = re.compile(r"[.*+?^$()\[\]{}\\]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A set of labels, and the routes that an alert with them ends at, in their order."""

    labels: Mapping[str, str]
    routes: tuple[Route, ...]

    @property
    def receivers(self) -> tuple[str, ...]:
        """The receivers that are told, each once."""
        return tuple(dict.fromkeys(str(route.settings.get("receiver")) for route in self.routes))


def letters(
    configuration: Mapping[str, Any], base: Mapping[str, str], left_out: frozenset[str] = frozenset()
) -> tuple[tuple[Letter, ...], tuple[str, ...]]:
    """Give few sets of labels that reach every receiver between them, and the receivers that nothing reaches.

    Args:
        configuration: Alertmanager's.
        base: the labels to begin with; only what a route asks for is changed.
        left_out: receivers that are not meant.
    """
    wanted = _receivers(configuration) - left_out
    found: list[Letter] = []
    for labels in islice(_combinations(configuration, base), MOST):
        letter = Letter(labels, reached(configuration, labels))
        new = wanted & set(letter.receivers)
        if new and not left_out & set(letter.receivers):
            found.append(letter)
            wanted -= new
        if not wanted:
            break
    return _needed(found), tuple(sorted(wanted))


def _receivers(configuration: Mapping[str, Any]) -> set[str]:
    return {str(route.settings.get("receiver")) for route in routes(configuration)}


def _needed(found: list[Letter]) -> tuple[Letter, ...]:
    """Leave out the sets whose receivers others reach as well."""
    told = Counter(name for letter in found for name in letter.receivers)
    kept = []
    for letter in found:
        if any(told[name] == 1 for name in letter.receivers):
            kept.append(letter)
        else:
            told.subtract(letter.receivers)
    return tuple(kept)


def _combinations(configuration: Mapping[str, Any], base: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Yield sets of labels; the later ones are the further from the base."""
    asked: dict[str, list[Matcher]] = {}
    for route in routes(configuration):
        for matcher in sorted(matchers_of(route.body) or ()):
            asked.setdefault(matcher.name, []).append(matcher)
    pools = {name: _values(base.get(name, ""), matchers) for name, matchers in sorted(asked.items())}
    choices = (
        sorted(product(*(range(len(pool)) for pool in pools.values())), key=sum)
        if _few(pools)
        else (product(*(range(len(pool)) for pool in pools.values())))
    )
    for choice in choices:
        picked = {name: pool[at] for (name, pool), at in zip(pools.items(), choice, strict=True)}
        yield {name: value for name, value in {**base, **picked}.items() if value}


def _few(pools: Mapping[str, list[str]]) -> bool:
    count = 1
    for pool in pools.values():
        count *= len(pool)
    return count <= MOST


def _values(usual: str, matchers: list[Matcher]) -> list[str]:
    """Give the values of a label that make a difference: its usual one, one for each matcher, and another."""
    samples = [value for matcher in matchers for value in _samples(matcher)]
    return list(dict.fromkeys((usual, *samples, OTHER, "")))


def _samples(matcher: Matcher) -> Iterator[str]:
    if matcher.op in {"=", "!="}:
        yield matcher.value
        return
    same = matcher._replace(op="=~")
    for part in matcher.value.strip("()").split("|"):
        plain = PLAIN.sub("", part) or OTHER
        if accepts(same, plain):
            yield plain
