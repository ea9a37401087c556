"""The blocks of a TSDB: what their own `meta.json` says of them.

Source: https://github.com/prometheus/prometheus/blob/main/tsdb/docs/format/README.md
"""

from __future__ import annotations

import json
import re
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.errors import Refused, StackError

if TYPE_CHECKING:
    from pathlib import Path

    from stack.runtimes.store import Store

__all__ = ["ALWAYS", "META", "Block", "Stretch", "blocks", "finished"]

META = "meta.json"
ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


@dataclass(frozen=True, slots=True, order=True)
class Block:
    """One block: samples from `start` up to before `end`, both in milliseconds since 1970."""

    start: int
    end: int
    ulid: str
    samples: int
    series: int

    def overlaps(self, start: float, end: float) -> bool:
        """Say whether it reaches into a stretch of time, in milliseconds."""
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time, from `since` up to before `until`, in Unix seconds; None is without an end."""

    since: float | None = None
    until: float | None = None

    def meets(self, block: Block) -> bool:
        """Say whether a block has samples of it."""
        since = float("-inf") if self.since is None else self.since * 1000
        until = float("inf") if self.until is None else self.until * 1000
        return block.overlaps(since, until)


ALWAYS = Stretch()


def blocks(folder: Path) -> tuple[Block, ...]:
    """Read every block in a folder, the oldest first.

    Raises:
        Refused: one of them has no `meta.json` that says what it is, or was never finished.
    """
    return tuple(sorted(_read(path) for path in sorted(folder.iterdir()))) if folder.is_dir() else ()


def _read(path: Path) -> Block:
    """Read one block.

    Raises:
        Refused: it does not say what it is, or was never finished.
    """
    if not ULID.fullmatch(path.name):
        raise Refused(message=f"{path.name} is no whole block: it was never finished")
    try:
        told = json.loads((path / META).read_bytes())
        stats = told["stats"]
        # A head without a sample is written down without these.
        samples, series = int(stats.get("numSamples", 0)), int(stats.get("numSeries", 0))
        return Block(int(told["minTime"]), int(told["maxTime"]), str(told["ulid"]), samples, series)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(message=f"block {path.name} does not say what it holds: {error!r}") from error


def finished(store: Store, copies: Path) -> tuple[Block, ...]:
    """Give the blocks of a server that say what they hold, the oldest first: it takes no notice of others.

    Args:
        store: its state.
        copies: a folder for what they say, gone afterwards.
    """
    shutil.rmtree(copies, ignore_errors=True)
    found = []
    for name in filter(ULID.fullmatch, store.names()):
        with suppress(OSError, StackError):
            store.take(f"{name}/{META}", copies / name / META)
            found.append(_read(copies / name))
    shutil.rmtree(copies, ignore_errors=True)
    return tuple(sorted(found))
