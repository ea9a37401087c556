"""Reads a metrics page in Prometheus' text format, as much of it as a contract holds.

The library's own parser renames counters; what is wanted here are the names that Prometheus stores.

Source: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.contract.family import TYPES, Family
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

__all__ = ["OWN", "Page", "family_of", "read_page"]

TYPE = re.compile(r"#\s+TYPE\s+(\S+)\s+(\w+)\s*")
SAMPLE = re.compile(r'([a-zA-Z_:][\w:]*)\s*(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})?\s+(\S+)(?:\s.*)?')
LABEL = re.compile(r'([a-zA-Z_]\w*)\s*=\s*"((?:[^"\\]|\\.)*)"')
ESCAPED = re.compile(r"\\(.)")
PARTS = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}
OWN = {"histogram": "le", "summary": "quantile"}
"""The label that comes with the type."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds.

    Args:
        types: the type of each family.
        labels: each family's labels, and all their values.
        series: how many samples there were.
    """

    types: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    series: int = 0

    def families(self, closed: Collection[str]) -> dict[str, Family]:
        """Give the families that have samples, with the values of the labels that are a fixed set."""
        return {
            name: Family(self.types.get(name, "untyped"), _kept(labels, closed))
            for name, labels in sorted(self.labels.items())
        }


def read_page(text: str, where: str) -> Page:
    """Read a page.

    Args:
        text: the page.
        where: what to call it in a message.

    Raises:
        Refused: a line of it is none of the format, or it holds no sample.
    """
    types: dict[str, str] = {}
    labels: dict[str, dict[str, set[str]]] = {}
    series = 0
    for number, line in enumerate(text.split("\n"), start=1):
        if found := TYPE.fullmatch(line):
            types[found[1]] = found[2] if found[2] in TYPES else "untyped"
        elif line.strip() and not line.startswith("#"):
            _add(line, types, labels, f"{where}, line {number}")
            series += 1
    if not series:
        raise Refused(message=f"{where} holds no metrics")
    return Page(types, labels, series)


def _add(line: str, types: Mapping[str, str], labels: dict[str, dict[str, set[str]]], where: str) -> None:
    sample = SAMPLE.fullmatch(line)
    if sample is None:
        raise Refused(message=f"{where} is no sample of Prometheus' text format: {line[:60]!r}")
    name = family_of(sample[1], types)
    values = labels.setdefault(name, {})
    for label, value in LABEL.findall(sample[2] or ""):
        if label != OWN.get(types.get(name, "")):
            values.setdefault(label, set()).add(_unescaped(value))


def family_of(sample: str, types: Mapping[str, str]) -> str:
    """Name the family that a sample is of."""
    if sample in types:
        return sample
    for kind, parts in PARTS.items():
        for part in parts:
            if types.get(base := sample.removesuffix(part)) == kind and base != sample:
                return base
    return sample


def _unescaped(value: str) -> str:
    return ESCAPED.sub(lambda found: "\n" if found[1] == "n" else found[1], value)


def _kept(labels: Mapping[str, set[str]], closed: Collection[str]) -> dict[str, tuple[str, ...]]:
    return {
        label: tuple(sorted(values)) if label in closed else () for label, values in sorted(labels.items())
    }
