"""The shipped environments, rendered, for tests that ask what they say."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.alerting.explanation import inspected
from pipelines.core.values import RenderedTree
from stack.assemble import assemble
from stack.load import load
from stack.rendering import render_tree
from stack.runtimes.process_table import process_table

if TYPE_CHECKING:
    from pipelines.core.check import Inspection

__all__ = ["ROOT", "inspection", "rewritten"]

ROOT = Path(__file__).parents[3]


@cache
def inspection(name: str, *overrides: str) -> Inspection:
    """Give an environment as the checks see it."""
    environment = load(name, overrides=("disable.services=[grafana]", *overrides)).environment
    stack = assemble(environment, root=ROOT)
    digest, tree = render_tree(stack, process_table(stack))
    return inspected(RenderedTree(digest, stack, tree), ROOT)


def rewritten(seen: Inspection, path: str, old: str, new: str) -> Inspection:
    """Give an inspection of the same files, one of them changed."""
    data = seen.tree.files[path].decode()
    assert old in data
    files = {**seen.tree.files, path: data.replace(old, new).encode()}
    return inspected(RenderedTree("changed", seen.stack, type(seen.tree)(files)), ROOT)
