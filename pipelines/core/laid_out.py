"""A rendered tree on disk, as the real tools and the checks want it."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.check import Inspection
from pipelines.core.memory import Memory
from stack.references import secrets_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from pipelines.core.values import RenderedTree

__all__ = ["laid_out"]


@contextmanager
def laid_out(rendered: RenderedTree, effects: Effects) -> Iterator[Inspection]:
    """Write the tree as it will lie, with a stand-in for each secret, so that its relative paths resolve."""
    with tempfile.TemporaryDirectory(prefix="monitoring-check-") as name:
        folder = Path(name)
        rendered.tree.write(folder / "current")
        (folder / "secrets").mkdir()
        for secret in secrets_in(rendered.tree.files):
            (folder / "secrets" / secret).write_text("stand-in")
        yield Inspection(
            stack=rendered.stack,
            tree=rendered.tree,
            folder=folder,
            tools=effects.toolbox.tools(rendered.stack),
            root=effects.root,
            memory=Memory(effects.var / "cache" / "passed"),
            door=partial(effects.runtime.door, rendered.stack),
        )
