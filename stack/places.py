"""Where the parts of a document stand in the files that they were read from."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.report import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Keys", "Marked", "Place", "dotted", "problem", "shown"]

Keys = tuple[str | int, ...]
"""The way from the top of a document to one of its values."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point of a file; line and column count from 1, and are 0 where only the file is known."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file

    def of(self, path: Keys) -> str:
        """Say what stands here: `file:line:column: a.b.c`."""
        name = dotted(path)
        told = not name or (not self.line and self.file.endswith(f" {name}"))
        return str(self) if told else f"{self}: {name}"


@dataclass(frozen=True, slots=True)
class Marked:
    """A document, and where each part of it stands.

    Args:
        document: what was read; None where nothing could be.
        keys: the place of each key, by the way to it.
        values: the place of each value; that of the whole document under `()`.
        problems: what is wrong with the text.
    """

    document: Any = None
    keys: Mapping[Keys, Place] = field(default_factory=dict)
    values: Mapping[Keys, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def at(self, path: Keys) -> Any:
        """Give the value at a path, None where there is none."""
        known = self.known(path)
        node = self.document
        for step in known:
            node = node[step]
        return node if known == path else None

    def known(self, path: Keys) -> Keys:
        """Give the longest part of a path that the document has."""
        node = self.document
        for depth, step in enumerate(path):
            if not _has(node, step):
                return path[:depth]
            node = node[step]
        return path

    def where(self, path: Keys, *, key: bool = False) -> str:
        """Say where a path stands, `file:line:column: a.b.c`, by the longest part of it that stands anywhere.

        Args:
            path: the way to the value.
            key: whether the key is meant, not the value.
        """
        known = self.known(path)
        while known and known not in self.values:
            known = known[:-1]
        place = self.values.get(known, Place(""))
        if key or known != path:
            place = self.keys.get(known, place)
        return place.of(path)


def shown(path: Path) -> str:
    """Give a path as a message shows it: from the current folder where it lies below it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


def dotted(path: Keys) -> str:
    """Write a path down: `a.b.0.c`."""
    return ".".join(str(step) for step in path)


def problem(where: str, summary: str, hint: str = "") -> Problem:
    """Make a problem of an environment."""
    return Problem(check="environment", where=where, summary=summary, hint=hint)


def _has(node: object, step: str | int) -> bool:
    if isinstance(node, dict):
        return step in node
    return isinstance(node, list) and isinstance(step, int) and step < len(node)
