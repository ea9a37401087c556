"""Writes the golden trees anew: every file that each shipped environment renders, to be read in a diff."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

from stack.assemble import assemble
from stack.load import load
from stack.rendering import render_tree
from stack.runtimes.compose_file import compose_file
from stack.runtimes.process_table import process_table
from stack.tree import Tree

__all__ = ["ENVIRONMENTS", "GOLDEN", "golden", "rendered", "write"]

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
ENVIRONMENTS = sorted(
    path.stem for path in (ROOT / "stack" / "environments").glob("*.yaml") if path.stem != "base"
)


def rendered(name: str) -> tuple[str, Tree]:
    """Render a shipped environment with every service; its dashboards have tests of their own."""
    stack = replace(assemble(load(name).environment, root=ROOT), dashboards={})
    if stack.environment.runtime == "native":
        return render_tree(stack, process_table(stack))
    # Another line of our own programs is another image; it need not be read here.
    with patch("stack.runtimes.compose_file.own_reference", lambda: "monitoring/own:code"):
        return render_tree(stack, compose_file(stack))


def golden(name: str) -> Tree:
    """Read an environment's golden tree."""
    return Tree.read(GOLDEN / name)


def write() -> None:
    """Replace every golden tree by what is rendered now."""
    shutil.rmtree(GOLDEN, ignore_errors=True)
    for name in ENVIRONMENTS:
        rendered(name)[1].write(GOLDEN / name)


if __name__ == "__main__":
    write()
