"""The pure half of the native runtime: which processes a stack needs, the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.emit import to_json

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.assemble import Stack

__all__ = ["PATH", "process_table"]

PATH = "native/processes.json"


def process_table(stack: Stack) -> Mapping[str, bytes]:
    """Give the table of processes as a rendered file, so that a plan shows what differs in it."""
    table = {}
    for name, service in stack.services.items():
        process = service.process(stack)
        table[name] = {"argv": list(process.argv), "env": dict(process.env), "reads": list(process.reads)}
    return {PATH: to_json(table)}
