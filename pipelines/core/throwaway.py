"""A stack that is there for one run: native processes in a folder of their own, and nothing left of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.effects import elsewhere
from stack.runtimes.lock import alone
from stack.runtimes.protocol import Action, Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from stack.runtimes.protocol import Release, Runtime

__all__ = ["PREFIX", "sweep", "throwaway"]

PREFIX = "monitoring-drill-"
OWNER = "owner"
"""The file that a run holds locked while the folder is its own; a process has another number elsewhere."""


@contextmanager
def throwaway(release: Release, parent: Path, effects: Effects) -> Iterator[Runtime]:
    """Start a release in a folder of its own; stop and remove it, also where the run is interrupted.

    Args:
        release: what is started; it runs on ports of its own.
        parent: where the folder is made; what a run has left there that was killed is ended first.
        effects: this run's; nothing of its environment's folder is touched.
    """
    parent.mkdir(parents=True, exist_ok=True)
    sweep(parent, effects)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=parent) as name:
        folder = Path(name)
        runtime = elsewhere(effects, folder / "stack").runtime
        changes = tuple(Change(service, Action.CREATE, "a drill") for service in release.stack.services)
        with _owned(folder):
            try:
                runtime.activate(release, changes)
                yield runtime
            finally:
                runtime.destroy(keep_data=False)


def sweep(parent: Path, effects: Effects) -> None:
    """End what a run has left behind that was killed before it could."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError), (folder / OWNER).open("rb") as file:
            if folder.stat().st_uid == os.getuid() and alone(file):
                elsewhere(effects, folder / "stack").runtime.destroy(keep_data=False)
                shutil.rmtree(folder)


@contextmanager
def _owned(folder: Path) -> Iterator[None]:
    """Let others see, as long as the block lasts, that a folder is in use; the kernel says when it is not."""
    made = folder / f".{OWNER}"
    with made.open("wb") as file:
        alone(file)
        made.rename(folder / OWNER)  # nobody finds it before it is locked
        yield
