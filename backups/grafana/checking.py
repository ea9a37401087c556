"""Whether the files of Grafana's objects are whole, by more than digests can tell."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from backups.digests import files
from backups.grafana.documents import AGAIN
from backups.grafana.order import ORDER
from backups.grafana.secrets import unsaid
from stack.clients.grafana.objects.contact_points import REDACTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from backups.manifest import Entry, Part

__all__ = ["damages"]

KINDS = {kind.name: kind for kind in ORDER}


def damages(folder: Path, part: Part, known: Mapping[str, Entry]) -> Iterator[str]:
    """Give a line for each damage; what was seen to be whole before is counted, and not read again."""
    found: dict[str, int] = {}
    for path in (file.relative_to(folder).as_posix() for file in files(folder)):
        kind = path.partition("/")[0]
        found[kind] = found.get(kind, 0) + 1
        if kind not in KINDS:
            yield f"{path} belongs to no kind of object"
        elif path not in known or known[path] != part.files.get(path):
            yield from _of_file(kind, path, folder / path)
    for kind in sorted({*found, *part.counts} & KINDS.keys()):
        there, listed = found.get(kind, 0), part.counts.get(kind, 0)
        if there != listed:
            yield f"{kind}: there are {there} files, and the server listed {listed}"


def _of_file(kind: str, path: str, file: Path) -> Iterator[str]:
    try:
        document = json.loads(file.read_bytes())
    except (OSError, ValueError) as error:
        yield f"{path} is no JSON: {error}"
        return
    yield from _of_document(kind, path, document)


def _of_document(kind: str, path: str, document: Any) -> Iterator[str]:
    if not isinstance(document, dict):
        yield f"{path} holds no object"
        return
    try:
        said = KINDS[kind].file(document)
    except (KeyError, TypeError, AttributeError) as error:
        yield f"{path} lacks what names it: {error!r}"
        return
    if f"{kind}/{said}" != path.removesuffix(".json").partition(AGAIN)[0]:
        yield f"{path} is the file of another object: {said}"
    for field in unsaid(KINDS[kind], document):
        yield f"{path}: {field} is {REDACTED} instead of a secret"
