"""Pipelines and one-shot verbs as Invoke tasks; `invoke --list` shows them."""

from __future__ import annotations

import sys

from invoke.collection import Collection

from pipelines.core.face import command_collection, command_task, pipeline_collection
from stack.discover import folders, stems

__all__ = ["namespace"]

# Invoke switches it off for modules of tasks: each run would compile anew all that is imported from here on.
sys.dont_write_bytecode = bool(sys.flags.dont_write_bytecode)

PIPELINES = stems("pipelines")

namespace = Collection(
    *(pipeline_collection(name) for name in PIPELINES),
    *(command_task(name) for name in stems("pipelines.commands")),
    *(command_collection(name) for name in folders("pipelines.commands") if name not in PIPELINES),
)
