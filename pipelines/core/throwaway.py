"""A stack that is there for one run: native processes in a folder of their own, and nothing left of them."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.effects import elsewhere
from stack.runtimes.protocol import Action, Change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipelines.core.effects import Effects
    from stack.runtimes.protocol import Release, Runtime

__all__ = ["PREFIX", "sweep", "throwaway"]

PREFIX = "monitoring-drill-"
OWNER = "owner"


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
        (folder / OWNER).write_text(str(os.getpid()))
        runtime = elsewhere(effects, folder / "stack").runtime
        changes = tuple(Change(service, Action.CREATE, "a drill") for service in release.stack.services)
        try:
            runtime.activate(release, changes)
            yield runtime
        finally:
            runtime.destroy(keep_data=False)


def sweep(parent: Path, effects: Effects) -> None:
    """End what a run has left behind that was killed before it could."""
    for folder in parent.glob(f"{PREFIX}*"):
        with suppress(OSError, ValueError):
            if folder.stat().st_uid == os.getuid() and not _alive(int((folder / OWNER).read_text())):
                elsewhere(effects, folder / "stack").runtime.destroy(keep_data=False)
                shutil.rmtree(folder)


def _alive(pid: int) -> bool:
    import psutil

    return psutil.pid_exists(pid)
