"""Which processes a stack needs, the same on every machine and whatever runtime carries them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.service import Process

if TYPE_CHECKING:
    from collections.abc import Mapping

    from stack.service import Stack
    from stack.tree import Tree

__all__ = ["PATH", "process_table", "read_table"]

PATH = "runtime/processes.json"


def process_table(stack: Stack) -> Mapping[str, bytes]:
    """Give the table of processes as a rendered file, so that a plan shows what differs in it."""
    table = {}
    for name, service in stack.services.items():
        process = service.process(stack)
        table[name] = {"argv": process.argv, "env": dict(process.env), "reads": process.reads}
    return {PATH: to_json(table)}


def read_table(tree: Tree | None) -> Mapping[str, Process]:
    """Give the processes that a release was made with, whatever today's code would make of its services."""
    table = json.loads(tree.files.get(PATH, b"{}")) if tree else {}
    return {
        name: Process(tuple(entry["argv"]), entry["env"], tuple(entry["reads"]))
        for name, entry in table.items()
    }
