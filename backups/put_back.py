"""Blocks of a TSDB go back into a server: those that it lacks, where nothing of it is in their way."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backups.blocks import blocks, finished
from backups.source import Step
from stack.clients.prometheus import Prometheus
from stack.duration import seconds
from stack.errors import Refused
from stack.moment import clock
from stack.upgrade import Step as Way
from stack.upgrade import unreadable, upgrades

if TYPE_CHECKING:
    from pathlib import Path

    from backups.blocks import Block
    from backups.manifest import Part
    from backups.source import Origin, Wish
    from stack.runtimes.store import Store

__all__ = ["THERE", "VERSION", "plan", "restore", "undo"]

VERSION = "version"
"""The fact of a part that says which Prometheus has written it."""

THERE = "it is there"

ASIDE = ".replaced"
"""Where a damaged block lies until the whole one is there; Prometheus looks at no such folder."""


@dataclass(frozen=True, slots=True)
class Server:
    """What a Prometheus has, in milliseconds since 1970.

    Args:
        store: its state.
        version: its own.
        blocks: its own.
        head: the oldest sample that it has in memory.
        kept_since: what is older than this goes with its next look.
    """

    store: Store
    version: str
    blocks: tuple[Block, ...]
    head: float
    kept_since: float

    @classmethod
    def of(cls, origin: Origin) -> Server:
        """Look at the live one."""
        store = origin.runtime.store("prometheus")
        since = time.time() - seconds(origin.stack.environment.retention)
        live = Prometheus(origin.runtime.door(origin.stack, "prometheus"))
        there = finished(store, origin.notes / "metas")
        return cls(store, live.version(), there, live.oldest(), since * 1000)


def plan(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    """Say of each block what becomes of it.

    Raises:
        Refused: a later version has written them, and the live one cannot read them.
    """
    server = Server.of(origin)
    _refuse_unreadable(part, server)
    found = [block for block in blocks(folder) if wish.stretch.meets(block)]
    return tuple(_step(block, part, server) for block in found)


def restore(origin: Origin, folder: Path, part: Part, wish: Wish) -> tuple[Step, ...]:
    """Put blocks where they are missing or damaged, all or none, while the server stands still."""
    steps = plan(origin, folder, part, wish)
    todo = [step for step in steps if step.action in {"create", "overwrite"}]
    if todo:
        store = origin.runtime.store("prometheus")
        with origin.runtime.stopped(origin.stack, "prometheus"):
            _put(store, folder, todo, origin)
    return steps


def undo(origin: Origin, folder: Path, part: Part, done: tuple[Step, ...]) -> None:
    """Take away the blocks that a restore has put where there was none."""
    del folder, part
    made = [step for step in done if step.action == "create"]
    if made:
        store = origin.runtime.store("prometheus")
        with origin.runtime.stopped(origin.stack, "prometheus"):
            for step in made:
                store.remove(step.name)


def _refuse_unreadable(part: Part, server: Server) -> None:
    way = Way("prometheus", part.facts.get(VERSION, ""), server.version)
    if problem := next(unreadable(way, upgrades()["prometheus"]), None):
        message = f"these blocks are of Prometheus {way.running}, and {way.wanted} is live: {problem.summary}"
        raise Refused(message=message, hint="deploy one that reads them first: `versions.prometheus`")


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


def _step(block: Block, part: Part, server: Server) -> Step:
    name, stretch = block.ulid, f"{clock(block.start / 1000)} to {clock(block.end / 1000)}"
    if any(other.ulid == name for other in server.blocks):
        whole = _is_whole(name, part, server.store)
        return Step("block", name, "leave" if whole else "overwrite", THERE if whole else "damaged")
    other = next((one for one in server.blocks if block.overlaps(one.start, one.end)), None)
    if block.end < server.kept_since:
        reason = "older than what is kept"
    elif other:
        reason = f"the server has block {other.ulid} of that time"
    elif block.end > server.head:
        reason = "the server has samples of that time in memory"
    else:
        return Step("block", name, "create", stretch)
    return Step("block", name, "leave", f"{reason}: {stretch}")


def _is_whole(ulid: str, part: Part, store: Store) -> bool:
    mine = {path: entry.sha256 for path, entry in part.files.items() if path.startswith(f"{ulid}/")}
    there = store.digests(ulid)
    return all(there.get(path.partition("/")[2]) == digest for path, digest in mine.items())
