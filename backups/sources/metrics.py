"""Prometheus' samples: a snapshot of its TSDB, what is only in memory among it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from backups import samples
from backups.blocks import META, blocks
from backups.left_behind import left_nothing
from backups.manifest import Part
from backups.put_back import THERE, plan, restore, undo
from backups.source import Source
from stack.clients.prometheus import Prometheus
from stack.clients.promtool import Promtool
from stack.duration import seconds
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from backups.blocks import Block
    from backups.manifest import Entry
    from backups.source import Origin, Step, Tools

__all__ = ["SOURCE"]

SNAPSHOTS = "snapshots"
LOADED = re.compile(r"^prometheus_tsdb_blocks_loaded (\S+)$", re.MULTILINE)


def _capture(origin: Origin, folder: Path) -> Part:
    door = origin.runtime.door(origin.stack, "prometheus")
    server, store = Prometheus(door), origin.runtime.store("prometheus")
    before, loaded = server.newest(), _loaded(door.get("/metrics").text)
    with left_nothing(store, SNAPSHOTS, origin.notes / "metrics.json"):
        store.take(f"{SNAPSHOTS}/{server.snapshot()}", folder)
    found = blocks(folder)
    _refuse_empty(found, before, min(loaded, _loaded(door.get("/metrics").text)))
    counts = {"blocks": len(found), "samples": sum(block.samples for block in found)}
    stretch = {"start": found[0].start / 1000, "end": max(block.end for block in found) / 1000}
    return Part(counts, {**stretch, "queries": samples.asked(server, _moments(origin, stretch))})


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


def _moments(origin: Origin, stretch: Mapping[str, float]) -> tuple[float, ...]:
    """Give the moments to ask of: the last of them is one at which no sample can come any more."""
    environment = origin.stack.environment
    late = 2 * seconds(environment.scrape_interval) + seconds(environment.scrape_timeout)
    return samples.moments(stretch["start"], max(stretch["start"], stretch["end"] - late))


def _check(folder: Path, part: Part, tools: Tools, known: Mapping[str, Entry]) -> Iterator[str]:
    """Let promtool read every chunk of every block that is not known to be whole."""
    promtool = Promtool(tools.paths["promtool"])
    try:
        found = blocks(folder)
    except Refused as error:
        yield str(error)
        return
    there = {"blocks": len(found), "samples": sum(block.samples for block in found)}
    if there != dict(part.counts):
        yield f"holds {there['blocks']} blocks with {there['samples']} samples, not {part.said()}"
    for number, block in enumerate(found, start=1):
        tools.progress(f"reading block {number} of {len(found)}")
        if not _is_known(block.ulid, part, known) and (said := promtool.analyze(folder, block.ulid)):
            yield f"block {block.ulid} is damaged: {said}"


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
    plan=plan,
    restore=restore,
    check=_check,
    undo=undo,
    prove=_prove,
)
