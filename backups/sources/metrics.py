"""Prometheus' samples: a snapshot of its TSDB, what is only in memory among it."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from backups import samples
from backups.blocks import META, blocks, finished
from backups.left_behind import left_nothing
from backups.manifest import Part
from backups.put_back import THERE, VERSION, plan, restore, undo
from backups.source import Source
from stack.clients.prometheus import Prometheus
from stack.clients.promtool import Promtool
from stack.duration import seconds
from stack.errors import Refused, StackError
from stack.moment import clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from backups.blocks import Block, Stretch
    from backups.manifest import Entry
    from backups.source import Origin, Step, Tools

__all__ = ["SOURCE"]

SNAPSHOTS = "snapshots"
TRIES = 3
"""How often finished blocks are looked for anew, where Prometheus has merged some meanwhile."""

LOADED = re.compile(r"^prometheus_tsdb_blocks_loaded (\S+)$", re.MULTILINE)


def _capture(origin: Origin, folder: Path) -> Part:
    door = origin.runtime.door(origin.stack, "prometheus")
    server, store = Prometheus(door), origin.runtime.store("prometheus")
    before, loaded = server.newest(), _loaded(door.get("/metrics").text)
    with left_nothing(store, SNAPSHOTS, origin.notes / "metrics.json"):
        store.take(f"{SNAPSHOTS}/{server.snapshot()}", folder)
    found = blocks(folder)
    _refuse_empty(found, before, min(loaded, _loaded(door.get("/metrics").text)))
    return _part(found, server, _moments(origin, *_span(found)))


def _within(origin: Origin, folder: Path, stretch: Stretch) -> Part:
    """Copy finished blocks by their ULID: they never change, and the server makes nothing for it.

    Raises:
        Refused: there is none, or the server merges them again and again meanwhile.
    """
    store = origin.runtime.store("prometheus")
    for _ in range(TRIES):
        chosen = _chosen(finished(store, origin.notes / "metas"), stretch)
        try:
            for number, block in enumerate(chosen, start=1):
                origin.tools.progress(f"copying block {number} of {len(chosen)}")
                store.take(block.ulid, folder / block.ulid)
        except (OSError, StackError):
            shutil.rmtree(folder, ignore_errors=True)
            if {block.ulid for block in chosen} <= set(store.names()):
                raise
        else:
            server = Prometheus(origin.runtime.door(origin.stack, "prometheus"))
            return _part(chosen, server, _moments_within(chosen, stretch, server.lookback()))
    raise Refused(message="Prometheus merges its blocks while they are copied", hint="try again in a minute")


def _chosen(there: tuple[Block, ...], stretch: Stretch) -> tuple[Block, ...]:
    found = tuple(block for block in there if stretch.meets(block))
    if not found:
        spans = f"; it has {len(there)}, from {clock(there[0].start / 1000)} on" if there else ""
        message = f"Prometheus has no finished block with samples of that time{spans}"
        raise Refused(message=message, hint="what is only in memory is in a whole backup: `invoke backup`")
    return found


def _part(found: tuple[Block, ...], server: Prometheus, moments: Sequence[float]) -> Part:
    """Say of blocks what they are, and what the server answers of those moments."""
    start, end = _span(found)
    queries = samples.asked(server, moments)
    facts = {"start": start, "end": end, VERSION: server.version(), "queries": queries}
    return Part(_counts(found), facts)


def _counts(found: tuple[Block, ...]) -> Mapping[str, int]:
    return {"blocks": len(found), "samples": sum(block.samples for block in found)}


def _span(found: tuple[Block, ...]) -> tuple[float, float]:
    """Give the time from the first sample on up to behind the last one, in Unix seconds."""
    return found[0].start / 1000, max(block.end for block in found) / 1000


def _loaded(page: str) -> int:
    found = LOADED.search(page)
    return int(float(found[1])) if found else 0


def _refuse_empty(found: tuple[Block, ...], newest: float, loaded: int) -> None:
    """Refuse a snapshot that lacks what the server had before it: success alone proves nothing.

    Args:
        found: the blocks of the snapshot.
        newest: the time of the newest sample in memory, in milliseconds.
        loaded: how many blocks the server had on its disk.
    """
    if not sum(block.samples for block in found):
        raise Refused(message="Prometheus gave a snapshot without a single sample")
    if len(found) < loaded:
        raise Refused(message=f"Prometheus gave a snapshot of {len(found)} block(s), and has {loaded}")
    if max(block.end for block in found) <= newest:
        raise Refused(message="Prometheus gave a snapshot without the samples that it has only in memory")


def _moments(origin: Origin, start: float, end: float) -> tuple[float, ...]:
    """Give the moments to ask of: the last of them is one at which no sample can come any more."""
    environment = origin.stack.environment
    late = 2 * seconds(environment.scrape_interval) + seconds(environment.scrape_timeout)
    return samples.moments(start, max(start, end - late))


def _moments_within(found: tuple[Block, ...], stretch: Stretch, lookback: float) -> tuple[float, ...]:
    """Give the moments to ask of: a query looks back, and must not see a block that was not chosen."""
    start, end = _span(found)
    first = max(start, start if stretch.since is None else stretch.since) + lookback
    last = min(end, end if stretch.until is None else stretch.until) - 0.001
    return samples.moments(first, last) if first < last else ()


def _check(folder: Path, part: Part, tools: Tools, known: Mapping[str, Entry]) -> Iterator[str]:
    """Let promtool read every chunk of every block that is not known to be whole."""
    promtool = Promtool(tools.paths["promtool"])
    try:
        found = blocks(folder)
    except Refused as error:
        yield str(error)
        return
    there = _counts(found)
    if there != dict(part.counts):
        yield f"holds {there['blocks']} blocks with {there['samples']} samples, not {part.said()}"
    unread = [block.ulid for block in found if not _is_known(block.ulid, part, known)]
    for number, (ulid, said) in enumerate(promtool.analyze(folder, unread), start=1):
        tools.progress(f"read block {number} of {len(unread)}")
        if said:
            yield f"block {ulid} is damaged: {said}"


def _is_known(ulid: str, part: Part, known: Mapping[str, Entry]) -> bool:
    mine = {path: entry for path, entry in part.files.items() if path.startswith(f"{ulid}/")}
    return f"{ulid}/{META}" in mine and all(known.get(path) == entry for path, entry in mine.items())


def _prove(origin: Origin, part: Part, done: tuple[Step, ...]) -> Iterator[str]:
    """Ask the sample queries again, where every block of the snapshot is there now."""
    if len(done) == part.counts["blocks"] and all(
        step.why == THERE for step in done if step.action == "leave"
    ):
        server = Prometheus(origin.runtime.door(origin.stack, "prometheus"))
        yield from samples.differences(server, part.facts["queries"])


SOURCE = Source(
    summary="the samples of Prometheus",
    order=1,
    services=("prometheus",),
    capture=_capture,
    within=_within,
    plan=plan,
    restore=restore,
    check=_check,
    undo=undo,
    prove=_prove,
)
