"""What a whole restore has done, by its steps, and by what was captured before it."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from backups.grafana.beside import beside
from backups.grafana.documents import alike, keyed, read
from backups.grafana.order import ORDER
from backups.grafana.way_back import Done

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from backups.source import Step
    from stack.clients.grafana.kind import Document, Kind

__all__ = ["done_by"]

KINDS = {kind.noun: kind for kind in ORDER}
WRITES = frozenset({"create", "overwrite", "delete"})


def done_by(steps: Sequence[Step], folder: Path) -> Iterator[Done]:
    """Give what was done, in that order, with each object as the folder has it.

    What was overwritten and is not in the folder belongs to something that was made, and goes with it.

    Raises:
        Refused: a file of the folder is damaged.
    """
    wrote = (step for step in steps if step.action in WRITES)
    for (noun, deleted), found in groupby(wrote, key=lambda step: (step.kind, step.action == "delete")):
        kind, of_kind = KINDS[noun], list(found)
        uids = {kind.key_of(step.name) for step in of_kind} if deleted else ()
        yield from beside(kind, uids, lambda other: read(folder, other))
        yield from _of_kind(kind, of_kind, keyed(kind, read(folder, kind)))


def _of_kind(kind: Kind, steps: Sequence[Step], before: Mapping[str, Document]) -> Iterator[Done]:
    made: set[str] = set()
    for step in steps:
        key = kind.key_of(step.name)
        if step.action == "create":
            # One that is like others comes after them.
            key = next(name for name in alike(key) if name not in before and name not in made)
            made.add(key)
            yield Done(kind, key, None)
        elif key in before:
            yield Done(kind, key, before[key])
