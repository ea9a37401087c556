"""Grafana's objects as files: one each, readable, and named by what tells it from the others."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING

from backups.digests import files
from stack.emit import to_json
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from stack.clients.grafana.kind import Document, Kind

__all__ = ["AGAIN", "alike", "keyed", "read", "write"]

AGAIN = "+"
"""Stands in the name of a file before the number of one that is alike; in all else there it is quoted."""


def write(folder: Path, kind: Kind, documents: Iterable[Document]) -> None:
    """Write all objects of a kind below the kind's own folder."""
    for name, document in _unlike(kind.file, documents).items():
        path = folder / kind.name / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(to_json(document))


def read(folder: Path, kind: Kind) -> list[Document]:
    """Read all objects of a kind back.

    Raises:
        Refused: a file is damaged.
    """
    return [_document(path) for path in files(folder / kind.name)]


def keyed(kind: Kind, documents: Iterable[Document]) -> Mapping[str, Document]:
    """Give each object by its key; where several are alike in that, as many as there are."""
    return _unlike(kind.key, documents)


def alike(name: str) -> Iterator[str]:
    """Give the names of all that are alike, without an end: the first one's is the plain one."""
    yield name
    yield from (f"{name}{AGAIN}{number}" for number in count(2))


def _unlike(name: Callable[[Document], str], documents: Iterable[Document]) -> dict[str, Document]:
    found: dict[str, Document] = {}
    names: dict[str, Iterator[str]] = {}
    for document in documents:
        plain = name(document)
        found[next(names.setdefault(plain, alike(plain)))] = document
    return found


def _document(path: Path) -> Document:
    try:
        document = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise Refused(
            message=f"{path.parent.name}/{path.name} in the snapshot is no JSON: {error}"
        ) from error
    if not isinstance(document, dict):
        raise Refused(message=f"{path.parent.name}/{path.name} in the snapshot holds no object")
    return document
