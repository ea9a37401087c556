"""Writes a contract as it is committed: a short line for each family, sorted, so that diffs are small."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any

import yaml
import yamlcore

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.contract.family import Contract, Family

__all__ = ["head_of", "to_text"]


def to_text(contract: Contract, *, head: str = "") -> str:
    """Give the file's text, below what stands at its head already."""
    return head + "".join(f"{line}\n" for line in _lines(contract))


def _lines(contract: Contract) -> Iterator[str]:
    yield f"program: {_flow(contract.program)}"
    yield f"series: {contract.series}"
    if contract.closed:
        yield f"closed: {_flow(sorted(contract.closed))}"
    yield from _section("families", {name: _body(family) for name, family in contract.families.items()})
    if contract.events:
        yield from _section("events", {name: _body(family) for name, family in contract.events.items()})
    if contract.waivers:
        yield from _section("waivers", contract.waivers)


def _section(key: str, entries: Mapping[str, Any]) -> Iterator[str]:
    yield f"{key}:" if entries else f"{key}: {{}}"
    for name, body in sorted(entries.items()):
        yield f"  {_flow(name)}: {_flow(body)}"


def _body(family: Family) -> dict[str, Any]:
    labels = {label: sorted(values) for label, values in sorted(family.labels.items())}
    body = {"type": family.type, "labels": labels}
    return {**body, "reason": family.reason} if family.reason else body


def _flow(value: object) -> str:
    """Write a value on one line, with quotes where YAML 1.2 wants them."""
    text: str = yaml.dump(
        value,
        Dumper=yamlcore.CCoreDumper,
        default_flow_style=True,
        allow_unicode=True,
        sort_keys=False,
        width=2**31 - 1,
    )
    return text.removesuffix("...\n").strip("\n")


def head_of(text: str) -> str:
    """Give the comment that a file begins with."""
    return "".join(takewhile(lambda line: line.startswith("#"), text.splitlines(keepends=True)))
