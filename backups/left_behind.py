"""What a run may leave on a server when it is killed, and how the next one finds it."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack.runtimes.store import Store

__all__ = ["left_nothing"]


@contextmanager
def left_nothing(store: Store, folder: str, note: Path) -> Iterator[None]:
    """Remove whatever has come into a folder of a server since, also in a run before that was cut off.

    A server names what it makes there, and nothing in a name tells whose it is: so what was there before is
    noted, and whatever is new goes.

    Args:
        store: the server's state.
        folder: where it makes things.
        note: the file that says what was there before.
    """
    before = _noted(note)
    if before is not None:
        _remove(store, folder, before)
    before = store.names(folder)
    write_atomically(note, to_json(list(before)))
    try:
        yield
    finally:
        _remove(store, folder, before)
        note.unlink(missing_ok=True)


def _noted(note: Path) -> tuple[str, ...] | None:
    try:
        return tuple(json.loads(note.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _remove(store: Store, folder: str, before: tuple[str, ...]) -> None:
    for name in sorted({*store.names(folder)} - {*before}):
        store.remove(f"{folder}/{name}")
