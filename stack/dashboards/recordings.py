"""What rules record so rarely that a young stack cannot have it yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from stack.duration import spoken

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["not_due", "waits_for"]

RARE = 30.0
"""Seconds between two evaluations up to which one waits for the first."""

SLACK = 15.0
"""Seconds until there is something to record from, at most."""

NAME = re.compile(r"[a-zA-Z_:][\w:]*")


def not_due(groups: Iterable[Mapping[str, Any]], age: float) -> Mapping[str, str]:
    """Name each recorded metric that need not be there yet, with what it waits for.

    Args:
        groups: the live rule groups, as the API gives them.
        age: seconds since they are live.
    """
    rare = [group for group in groups if group["interval"] > RARE and age < group["interval"] + SLACK]
    return {
        rule["name"]: f"the first evaluation of group {group['name']}, every {spoken(group['interval'])}"
        for group in rare
        for rule in group["rules"]
        if rule["type"] == "recording"
    }


def waits_for(expression: str, recorded: Mapping[str, str]) -> str:
    """Say what an expression waits for; empty where all that it names must be there."""
    return next((recorded[name] for name in NAME.findall(expression) if name in recorded), "")
