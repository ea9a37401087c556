"""Blocks of a TSDB go back into a server: those that it lacks, where nothing of it is in their way."""

from __future__ import annotations

import shutil
from contextlib import suppress
from typing import TYPE_CHECKING

from backups.blocks import META, ULID, blocks, read_block
from backups.source import Step
from stack.clients.prometheus import Prometheus
from stack.errors import StackError
from stack.moment import clock

if TYPE_CHECKING:
    from pathlib import Path

    from backups.blocks import Block
    from backups.manifest import Part
    from backups.source import Origin, Wish
    from stack.runtimes.store import Store

__all__ = ["plan", "restore"]

ASIDE = ".replaced"
"""Where a damaged block lies until the whole one is there; Prometheus looks at no such folder."""


def plan(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    """Say of each block what becomes of it."""
    store = origin.runtime.store("prometheus")
    head = Prometheus(origin.runtime.door(origin.stack, "prometheus")).oldest()
    there = _blocks(store, origin.notes / "metas")
    found = [block for block in blocks(folder) if _wanted(block, wish)]
    return tuple(_step(block, there, head, part, store) for block in found)


def restore(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    """Put blocks where they are missing or damaged, all or none, while the server stands still."""
    steps = plan(origin, folder, part, wish)
    todo = [step for step in steps if step.action in {"create", "overwrite"}]
    if todo:
        store = origin.runtime.store("prometheus")
        with origin.runtime.stopped(origin.stack, "prometheus"):
            _put(store, folder, todo, origin)
    return steps


def _put(store: Store, folder: Path, todo: list[Step], origin: Origin) -> None:
    done: list[Step] = []
    try:
        for step in todo:
            origin.tools.progress(f"putting block {len(done) + 1} of {len(todo)} back")
            if step.action == "overwrite":
                store.move(step.name, f"{ASIDE}/{step.name}")
            done.append(step)
            store.put(folder / step.name, step.name)
    except BaseException:
        for step in done:
            store.remove(step.name)
            if step.action == "overwrite":
                store.move(f"{ASIDE}/{step.name}", step.name)
        raise
    finally:
        store.remove(ASIDE)


def _step(block: Block, there: tuple[Block, ...], head: float, part: Part, store: Store) -> Step:
    name, stretch = block.ulid, f"{clock(block.start / 1000)} to {clock(block.end / 1000)}"
    if any(other.ulid == name for other in there):
        whole = _is_whole(name, part, store)
        return Step("block", name, "leave" if whole else "overwrite", "it is there" if whole else "damaged")
    for other in there:
        if block.overlaps(other.start, other.end):
            return Step("block", name, "leave", f"the server has block {other.ulid} of that time: {stretch}")
    if block.end > head:
        return Step("block", name, "leave", f"the server has samples of that time in memory: {stretch}")
    return Step("block", name, "create", stretch)


def _wanted(block: Block, wish: Wish) -> bool:
    since = float("-inf") if wish.since is None else wish.since * 1000
    until = float("inf") if wish.until is None else wish.until * 1000
    return block.overlaps(since, until)


def _is_whole(ulid: str, part: Part, store: Store) -> bool:
    mine = {path: entry.sha256 for path, entry in part.files.items() if path.startswith(f"{ulid}/")}
    there = store.digests(ulid)
    return all(there.get(path.partition("/")[2]) == digest for path, digest in mine.items())


def _blocks(store: Store, copies: Path) -> tuple[Block, ...]:
    """Give the blocks of the server that say what they hold: it takes no notice of others."""
    shutil.rmtree(copies, ignore_errors=True)
    found = []
    for name in filter(ULID.fullmatch, store.names()):
        with suppress(OSError, StackError):
            store.take(f"{name}/{META}", copies / name / META)
            found.append(read_block(copies / name))
    shutil.rmtree(copies, ignore_errors=True)
    return tuple(found)
