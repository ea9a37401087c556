"""Secrets that no server tells: for a restore each comes from the environment's secret of an agreed name."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING

from stack.clients.grafana.objects import contact_points, datasources
from stack.documents import dotted, leaves
from stack.secrets.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from stack.clients.grafana.kind import Document, Kind

__all__ = ["agreed", "agreed_names", "masked", "unsaid", "values"]

WORDS = {datasources.KIND.name: "source", contact_points.KIND.name: "contact"}
"""How a kind is called in the name of a secret: there is room for 40 letters."""

LONGEST, DIGITS = 40, 8


def agreed(kind: Kind, document: Document, field: str) -> str:
    """Give the name of the secret that holds a field: `grafana_source_<uid>_<field>`.

    What a name cannot have is `_`. One that is too long is cut, and ends with a digest of the whole.
    """
    whole = f"grafana_{WORDS[kind.name]}_{kind.key(document)}_{field}"
    name = re.sub(r"[^a-zA-Z0-9_-]", "_", whole)
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - DIGITS - 1]}_{hashlib.sha256(whole.encode()).hexdigest()[:DIGITS]}"


def agreed_names(kind: Kind, documents: Iterable[Document]) -> set[str]:
    """Name the secrets that the objects of a kind would have."""
    return {agreed(kind, document, field) for document in documents for field in kind.secrets(document)}


def unsaid(kind: Kind, document: Document) -> Iterator[str]:
    """Name the fields in which stands what a server says instead of a secret, and which must not go back.

    In kinds without secrets it is a word like any other: a text panel may explain it.
    """
    for leaf in leaves(document) if kind.name in WORDS else ():
        if isinstance(leaf.value, str) and contact_points.REDACTED in leaf.value:
            yield dotted(leaf.path)


def values(names: Iterable[str], references: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Read those secrets that the environment has.

    Raises:
        SecretUnreadable: one of them leads to nothing.
    """
    reading = Reading(references, folder)
    return {name: reading.value(name) for name in sorted(names) if name in references}


def masked(text: str, values: Mapping[str, str]) -> str:
    """Give a text of one line in which no secret stands."""
    said = " ".join(text.split())
    for value in filter(None, values.values()):
        # Also as JSON writes it, which is what most answers are.
        said = said.replace(value, "***").replace(json.dumps(value)[1:-1], "***")
    return said
