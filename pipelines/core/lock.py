"""One run at a time may change an environment."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from typing import TYPE_CHECKING

from stack.errors import Locked

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.core.effects import Effects
    from stack.tree import Tree

__all__ = ["hold", "lock_until_the_end"]


def hold(effects: Effects, wanted: Tree | None = None) -> None:
    """Take the environment's lock until the run ends; the kernel gives it back if the run is killed.

    Args:
        effects: the environment's.
        wanted: the release that is going to be made live, where one is.

    Raises:
        Locked: another run holds it, and which.
    """
    effects.folder.mkdir(parents=True, exist_ok=True)
    lock_until_the_end(effects.folder / "lock", effects, lambda: _holder(effects))
    if other := effects.runtime.claim(f"{effects.journal.task} on {platform.node()}", wanted):
        raise Locked(name=effects.options.environment, holder=other)
    note = {"pid": os.getpid(), "task": effects.journal.task}
    with suppress(OSError):  # on a full disk nobody is told who holds it, and it is held all the same
        (effects.folder / "lock.holder").write_text(json.dumps(note))


def lock_until_the_end(path: Path, effects: Effects, holder: Callable[[], str]) -> None:
    """Lock a file until the run ends; the kernel gives it back if the run is killed.

    Args:
        path: the file; its folder is there.
        effects: those of the run.
        holder: says who else may have it.

    Raises:
        Locked: another run holds it.
    """
    from filelock import FileLock, Timeout  # only runs that change something need it

    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise Locked(name=effects.options.environment, holder=holder()) from error
    effects.closing.callback(lock.release)


def _holder(effects: Effects) -> str:
    try:
        holder = json.loads((effects.folder / "lock.holder").read_text())
        return f"{holder['task']} (pid {holder['pid']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "it has not said which"
