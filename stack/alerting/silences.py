"""Matchers as Alertmanager's API writes them in a silence, and as a person reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.alerting.matchers import Matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["as_document", "read_document", "written"]

OPERATORS = {(True, False): "=", (False, False): "!=", (True, True): "=~", (False, True): "!~"}
"""A matcher's sign, by whether it asks for the value, and whether that is an expression."""


def as_document(matchers: Sequence[Matcher]) -> list[dict[str, Any]]:
    """Write matchers as Alertmanager's API takes them."""
    return [
        {"name": one.name, "value": one.value, "isRegex": "~" in one.op, "isEqual": "!" not in one.op}
        for one in matchers
    ]


def read_document(document: Iterable[Mapping[str, Any]]) -> tuple[Matcher, ...]:
    """Read matchers as Alertmanager's API gives them."""
    return tuple(
        Matcher(
            str(one["name"]),
            OPERATORS[bool(one.get("isEqual", True)), bool(one["isRegex"])],
            str(one["value"]),
        )
        for one in document
    )


def written(matchers: Iterable[Matcher]) -> str:
    """Write matchers for a person."""
    return ", ".join(f'{one.name}{one.op}"{one.value}"' for one in matchers)
