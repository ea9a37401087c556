"""What restic says, line by line, and why it has failed.

Source: https://restic.readthedocs.io/en/stable/075_scripting.html
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from stack.clients.command import Completed

__all__ = ["HINTS", "LOCKED", "MISSING", "Kept", "Saved", "documents", "fault"]

MISSING, LOCKED, WRONG_PASSWORD = 10, 11, 12

HINTS = {
    MISSING: "name the right repository, or let the first backup make it",
    LOCKED: "wait until the other run has ended; `restic unlock` removes what a killed one has left",
    WRONG_PASSWORD: "give the password that the repository was made with; without it no backup can be read",
}


@dataclass(frozen=True, slots=True)
class Saved:
    """What a backup has stored.

    Args:
        id: the snapshot's.
        files: how many files it holds.
        size: bytes that it holds.
        added: bytes that it has added to the repository.
    """

    id: str
    files: int
    size: int
    added: int


@dataclass(frozen=True, slots=True)
class Kept:
    """A snapshot that is in the repository; `time` is when it was made, in Unix seconds."""

    id: str
    time: float
    host: str
    tags: tuple[str, ...]


def documents(text: str) -> Iterator[Any]:
    """Give what is JSON of the lines that restic writes."""
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def fault(done: Completed) -> str:
    """Give the first line of what went wrong: an item's fault before the end that it led to."""
    said = [one for one in documents(f"{done.stderr}\n{done.stdout}") if isinstance(one, dict)]
    faults = (
        *(_item(one) for one in said if one.get("message_type") == "error"),
        *(str(one.get("message", "")) for one in said if one.get("message_type") == "exit_error"),
        *done.said.splitlines(),
        f"restic ended with {done.code}",
    )
    return next(fault for fault in map(_first_line, faults) if fault)


def _item(said: Mapping[str, Any]) -> str:
    error = said.get("error") or said
    words = str(error.get("message", "")) if isinstance(error, dict) else str(error)
    return f"{said['item']}: {words}" if said.get("item") else words


def _first_line(text: str) -> str:
    return text.strip().removeprefix("Fatal: ").partition("\n")[0].partition(": [")[0]
