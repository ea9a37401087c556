"""A query as Grafana sends it: every variable and macro of its text replaced by what it stands for.

Source: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.dashboards.formats import dated, formatted, promql

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Choice", "Filled", "fill"]

VARIABLE = re.compile(
    r"\$(?P<bare>\w+)|\[\[(?P<old>\w+?)(?::(?P<old_format>\w+))?\]\]"
    r"|\$\{(?P<name>\w+)(?:\.(?P<field>[^:}]+))?(?::(?P<format>[^}]+))?\}"
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What stands for a variable.

    Args:
        name: its name.
        values: what is chosen; every option where all of them are.
        many: whether several may be chosen at once.
        whole: what stands for all of them, as it is, where the variable says so itself.
        fault: why it has no value, empty where it has one.
        failed: whether that is an error; else there is nothing to choose from.
    """

    name: str
    values: tuple[str, ...] = ()
    many: bool = False
    whole: str = ""
    fault: str = ""
    failed: bool = False

    def text(self, kind: str) -> str:
        """Write it in a format, in the data source's own where none is named."""
        if self.whole:
            return self.whole
        return formatted(kind, self.name, self.values) if kind else promql(self.values, many=self.many)


@dataclass(frozen=True, slots=True)
class Filled:
    """A text with its variables replaced.

    Args:
        text: it; what nobody knows stays as it was, as with Grafana itself.
        unknown: the names that nobody knows, in their order.
        empty: the variables that have no value.
    """

    text: str
    unknown: tuple[str, ...] = ()
    empty: tuple[Choice, ...] = ()

    @property
    def faults(self) -> tuple[str, ...]:
        """Why it is not what its author meant, a line each."""
        unknown = (f"there is no variable ${name}" for name in self.unknown)
        return (*unknown, *(choice.fault for choice in sorted(self.empty, key=lambda one: not one.failed)))

    @property
    def broken(self) -> bool:
        """Whether one of them is a mistake, and not only a variable without anything to choose from."""
        return bool(self.unknown) or any(choice.failed for choice in self.empty)


def fill(text: str, choices: Mapping[str, Choice], macros: Mapping[str, str]) -> Filled:
    """Replace every variable and macro of a text."""
    unknown: dict[str, None] = {}
    empty: dict[str, Choice] = {}

    def one(found: re.Match[str]) -> str:
        name = found["bare"] or found["old"] or found["name"]
        kind = found["format"] or found["old_format"] or ""
        if name in macros:
            return dated(macros[name], kind.partition(":")[2]) if kind.startswith("date") else macros[name]
        if name in choices:
            empty.update({name: choices[name]} if choices[name].fault else {})
            return found[0] if choices[name].fault else choices[name].text(kind.partition(":")[0])
        if not name.isdecimal():  # `$1` is a group of a regular expression
            unknown[name] = None
        return found[0]

    return Filled(VARIABLE.sub(one, text), tuple(unknown), tuple(empty.values()))
