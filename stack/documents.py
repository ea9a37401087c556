"""Reading documents that may hold anything: every question has an answer, whatever their shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Leaf", "dig", "dotted", "follow", "leaves", "mapping", "mappings", "strings"]

Steps = tuple[str | int, ...]


class Leaf(NamedTuple):
    """A value that holds no others, and the keys and list positions that lead to it."""

    path: Steps
    value: Any

    @property
    def key(self) -> str:
        """The nearest key: `ca_file` at `tls_config.ca_file`, `targets` at `targets.0`."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")


def leaves(document: object) -> Iterator[Leaf]:
    """Yield every leaf of a document, in its order."""
    waiting: list[Leaf] = [Leaf((), document)]
    while waiting:
        path, value = leaf = waiting.pop()
        if isinstance(value, Mapping):
            waiting += reversed([Leaf((*path, str(key)), inner) for key, inner in value.items()])
        elif isinstance(value, list):
            waiting += reversed([Leaf((*path, index), inner) for index, inner in enumerate(value)])
        else:
            yield leaf


def dotted(path: Steps) -> str:
    """Write a path as messages do: `receivers.2.slack_configs.0.text`."""
    return ".".join(map(str, path))


def mapping(value: object) -> Mapping[str, Any]:
    """Give a mapping, an empty one instead of anything else."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: object) -> list[tuple[int, Mapping[str, Any]]]:
    """Give the mappings of a list with their positions; nothing of what is no list."""
    entries = value if isinstance(value, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, Mapping)]


def strings(value: object) -> list[tuple[int, str]]:
    """Give the strings of a list with their positions; nothing of what is no list."""
    entries = value if isinstance(value, list) else []
    return [(index, entry) for index, entry in enumerate(entries) if isinstance(entry, str)]


def dig(document: object, *keys: str) -> Any:  # a document holds anything
    """Follow keys down a document; None where one of them is missing."""
    for key in keys:
        document = mapping(document).get(key)
    return document


def follow(document: object, path: Steps) -> Any:  # a document holds anything
    """Follow keys and list positions down a document, as a leaf's path has them; None where they end."""
    for step in path:
        if isinstance(step, int):
            document = document[step] if isinstance(document, list) and step < len(document) else None
        else:
            document = mapping(document).get(step)
    return document
