"""Grafana's variables and macros in PromQL, filled in so that the expression can be parsed.

Source: https://grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax/
"""

from __future__ import annotations

import re
from itertools import compress, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["QUOTED", "UNKNOWN", "filled", "readings", "variables"]

UNKNOWN = "__variable__"
"""Stands for a value that only a viewer chooses."""

DURATIONS = {"__interval": "1m", "__rate_interval": "5m", "__range": "1h"}
NUMBERS = {"__interval_ms": "60000", "__range_ms": "3600000", "__range_s": "3600"}
INSTANTS = {"__from": "1700000000000", "__to": "1700003600000"}
MACROS = DURATIONS | NUMBERS | INSTANTS
"""Macros of Grafana's own, by name; any value will do that has their form."""

VARIABLE = re.compile(r"\$\{(\w+)(?:\.[^{}:]*)?(?::[^{}]*)?\}|\[\[(\w+)(?::\w+)?\]\]|\$(\w+)")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
SPAN = re.compile(r"(?:\[[^\]]*|\boffset\s+-?)$")
"""What stands before a duration."""
UNIT = re.compile(r"ms|[smhdwy]")

MOST = 4
"""Unknown variables outside of quotes up to which every reading is tried."""


def filled(text: str, values: Mapping[str, str] | None = None, *, numbers: Collection[str] = ()) -> str:
    """Fill in every variable and macro.

    Args:
        text: PromQL as a panel holds it.
        values: what is known of the dashboard's own variables, by name.
        numbers: the unknown variables that stand for a number; the others stand for a name.
    """
    bare = QUOTED.sub(lambda found: " " * len(found[0]), text)
    known = {**(values or {}), **MACROS}

    def fill(found: re.Match[str]) -> str:
        name = _name(found)
        if name in known:
            return known[name]
        if bare[found.start()] == " ":
            return UNKNOWN
        if SPAN.search(bare[: found.start()]):
            return "5" if UNIT.match(text, found.end()) else "5m"
        return "1" if name in numbers else UNKNOWN

    return VARIABLE.sub(fill, text)


def readings(text: str, values: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the texts that a query may stand for: each of its unknown variables is a name, or a number."""
    bare = QUOTED.sub("", text)
    unknown = {_name(found) for found in VARIABLE.finditer(bare)} - {*(values or {}), *MACROS}
    names = sorted(unknown)[:MOST]
    for chosen in product((False, True), repeat=len(names)):
        yield filled(text, values, numbers=list(compress(names, chosen)))


def variables(text: str) -> set[str]:
    """Name the variables and macros in a text."""
    return set(map(_name, VARIABLE.finditer(text)))


def _name(found: re.Match[str]) -> str:
    return found[1] or found[2] or found[3]
