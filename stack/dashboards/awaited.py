"""What a metric waits for that need not be there: a rare recording, a rule or a service that is not here."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stack.duration import spoken
from stack.promql.variables import QUOTED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Awaited", "awaited"]

RARE = 30.0
"""Seconds between two evaluations up to which one waits for the first."""

SLACK = 15.0
"""Seconds until there is something to record from, at most."""

NAME = re.compile(r"(?<![\w:])[a-zA-Z_:][\w:]*")


@dataclass(frozen=True, slots=True)
class Awaited:
    """What need not be there.

    Args:
        events: metrics by name, with what brings each.
        recorded: every metric that a live rule records; None where nobody has asked.
    """

    events: Mapping[str, str] = field(default_factory=dict)
    recorded: frozenset[str] | None = None

    def event(self, expression: str) -> str:
        """Say what an expression waits for; empty where all that it names must be there."""
        names = NAME.findall(QUOTED.sub("", expression))
        return next(filter(None, map(self._of, names)), "")

    def _of(self, name: str) -> str:
        if self.recorded is not None and ":" in name and name not in self.recorded:
            return f"a rule records {name}, which none does here"
        return self.events.get(name, "")


def awaited(groups: Iterable[Mapping[str, Any]], age: float, absent: Mapping[str, str]) -> Awaited:
    """Find what need not be there.

    Args:
        groups: the live rule groups, as the API gives them.
        age: seconds since they are live.
        absent: metrics that no scrape brings, with what it would take.
    """
    found, recorded = dict(absent), set()
    for group in groups:
        interval = group["interval"]
        first = f"the first evaluation of group {group['name']}, every {spoken(interval)}"
        names = {rule["name"] for rule in group["rules"] if rule["type"] == "recording"}
        recorded |= names
        if interval > RARE and age < interval + SLACK:
            found |= dict.fromkeys(names, first)
    return Awaited(found, frozenset(recorded))
