"""What was verified of a repository, and how far: all of it is read within ten runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from stack.emit import to_json
from stack.tree import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ALL", "SHARES", "Verified"]

SHARES = 10
"""Each run without --read-data reads one of so many shares of the repository."""

ALL = "100%"


@dataclass(frozen=True, slots=True)
class Verified:
    """The note of it.

    Args:
        turn: which share was read last, from 1 on; 0 before the first.
        snapshot: the snapshot that was verified last.
        at: when, in Unix seconds.
    """

    turn: int = 0
    snapshot: str = ""
    at: float = 0.0

    @classmethod
    def read(cls, path: Path) -> Verified:
        """Read the note; one that is missing or damaged is as none."""
        try:
            told = json.loads(path.read_bytes())
            return cls(int(told["turn"]) % (SHARES + 1), str(told["snapshot"]), float(told["at"]))
        except (OSError, ValueError, KeyError, TypeError):
            return cls()

    @property
    def share(self) -> str:
        """Which share is next, as restic takes it: `3/10`."""
        return f"{self.turn % SHARES + 1}/{SHARES}"

    def done(self, snapshot: str, at: float, *, whole: bool) -> Verified:
        """Give the note of a run that has read its share, or everything."""
        turn = self.turn if whole else self.turn % SHARES + 1
        return replace(self, turn=turn, snapshot=snapshot, at=at)

    def write(self, path: Path) -> None:
        """Write the note."""
        write_atomically(path, to_json(asdict(self)))
