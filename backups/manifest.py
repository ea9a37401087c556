"""What a snapshot says of itself: where it comes from, what it holds, and how to tell that it is whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from stack.emit import to_json
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FORMAT", "NAME", "Entry", "Manifest", "Part"]

NAME = "manifest.json"
"""Its file, at the top of a snapshot."""

FORMAT = 1
"""Raised when a reader of before would misread what is written now."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file: its bytes, and their SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Part:
    """What one source has given.

    Args:
        counts: how many there are of each kind, as the server itself listed them: `{"dashboards": 12}`.
        facts: what the source needs to prove it whole again: JSON.
        files: every file, by its path below the source's folder.
    """

    counts: Mapping[str, int]
    facts: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Entry] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Bytes of all its files."""
        return sum(entry.size for entry in self.files.values())

    def said(self) -> str:
        """Give what it holds in a few words."""
        return ", ".join(f"{count} {kind}" for kind, count in self.counts.items()) or "nothing"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds.

    Args:
        environment: whose.
        taken: when its capture began, in Unix seconds.
        release: the release that was live.
        programs: the version of each server and tool that had a hand in it, by name.
        parts: what each source has given, by its name.
    """

    environment: str
    taken: float
    release: str
    programs: Mapping[str, str]
    parts: Mapping[str, Part]

    @property
    def size(self) -> int:
        """Bytes of all files of all parts."""
        return sum(part.size for part in self.parts.values())

    def document(self) -> dict[str, Any]:
        """Give it as it is kept and printed."""
        return {"format": FORMAT, **asdict(self)}

    def written(self) -> bytes:
        """Give the file."""
        return to_json(self.document())

    @classmethod
    def read(cls, data: bytes | str, *, where: str) -> Manifest:
        """Read the file back.

        Raises:
            Refused: it is none, or another version of ours has written it.
        """
        try:
            told = json.loads(data)
            if told["format"] != FORMAT:
                message = f"{where} has manifest format {told['format']}; this version reads {FORMAT}"
                raise Refused(
                    message=message, hint="restore it with the version of this repository that made it"
                )
            parts = {name: _part(part) for name, part in told["parts"].items()}
            return cls(told["environment"], float(told["taken"]), told["release"], told["programs"], parts)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise Refused(message=f"{where} holds no manifest of ours: {error!r}") from error


def _part(told: Mapping[str, Any]) -> Part:
    files = {path: Entry(int(entry["size"]), str(entry["sha256"])) for path, entry in told["files"].items()}
    return Part({kind: int(count) for kind, count in told["counts"].items()}, told["facts"], files)
