"""What a kind of Grafana's objects is: how they are read, told apart, compared and written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from stack.clients.grafana.api import Api

__all__ = ["FEW", "REFUSED", "Document", "Found", "Kind", "cut", "named"]

Document = dict[str, Any]
"""An object as it is kept: JSON, without what the server sets by itself."""

LONGEST = 150
"""Letters of a file's name; most file systems take 255 bytes."""

REFUSED = frozenset({400, 403, 404, 409, 412, 422})
"""What says no to one object, while the server itself is well."""

FEW = 4
"""Writes at once where their order does not matter: a dashboard takes 115 ms alone, 25 by four, 36 by 8."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is of a kind.

    Args:
        documents: the objects.
        gone: those that were listed, and were no more there when they were asked for.
    """

    documents: tuple[Document, ...]
    gone: tuple[str, ...] = ()


def _by_uid(document: Document) -> str:
    return str(document["uid"])


def _as_they_come(documents: Sequence[Document]) -> Sequence[Document]:
    return documents


def _as_it_is(api: Api, document: Document, coming: Collection[str]) -> tuple[Document, tuple[str, ...]]:
    del api, coming
    return document, ()


def _never(*_: Document) -> bool:
    return False


def _nothing(*_: object) -> tuple[str, ...]:
    return ()


def _unfilled(document: Document, values: Mapping[str, str]) -> Document:
    del values
    return document


def _free(document: Document) -> str:
    del document
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of objects.

    Args:
        name: in the plural: its folder, and what its count is called.
        noun: in the singular, for messages.
        read: gives all of them; of those that have many, just the ones of these keys where some are named.
        create: makes one that is not there; None where it belongs to another object and is there with that.
        overwrite: makes the live one (given last) as the kept one is; None where they are never changed.
        delete: takes the live one away; there where `create` is.
        put_back: makes the live one (given last) again what it was, also where `overwrite` leaves what people
            have added; None where `overwrite` does.
        key: what tells one from all others of its kind.
        called: how a person knows it; its key by default.
        path: its file below the kind's folder, without a suffix; by its key where that is empty.
        aside: fields that are kept and not compared: they say how it came, not what it is.
        same: whether the kept one and the live one are the same, `aside` left out of both.
        arranged: puts those in front that others need.
        fitted: leaves out what cannot be on this server, and says for each why. Given names of teams
            (`team:…`) and users (`user:…`) that are to come.
        shipped: whether one comes with a release, by a file.
        secrets: names its fields that are secret, whose values no server tells.
        filled: puts values of secrets into it, by the names of their fields.
        by_hand: names what only a person can make, given the kept one and the live one (or an empty one).
        fixed: says why the live one cannot be overwritten; empty where it can.
        refers: whether it may refer to data sources.
        refused: statuses that say no to one object.
        in_parts: whether a write is several requests, of which the server may refuse the last ones alone.
        at_once: how many are written at once.
    """

    name: str
    noun: str
    read: Callable[[Api, Collection[str] | None], Found]
    create: Callable[[Api, Document], None] | None = None
    overwrite: Callable[[Api, Document, Document], None] | None = None
    delete: Callable[[Api, Document], None] | None = None
    put_back: Callable[[Api, Document, Document], None] | None = None
    key: Callable[[Document], str] = _by_uid
    called: Callable[[Document], str] | None = None
    path: Callable[[Document], str] | None = None
    aside: tuple[str, ...] = ()
    same: Callable[[Document, Document], bool] = Document.__eq__
    arranged: Callable[[Sequence[Document]], Sequence[Document]] = _as_they_come
    fitted: Callable[[Api, Document, Collection[str]], tuple[Document, tuple[str, ...]]] = _as_it_is
    shipped: Callable[[Document], bool] = _never
    secrets: Callable[[Document], tuple[str, ...]] = _nothing
    filled: Callable[[Document, Mapping[str, str]], Document] = _unfilled
    by_hand: Callable[[Document, Document], tuple[str, ...]] = _nothing
    fixed: Callable[[Document], str] = _free
    refers: bool = False
    refused: frozenset[int] = REFUSED
    in_parts: bool = False
    at_once: int = 1

    def named(self, document: Document) -> str:
        """Give the name by which a person knows one."""
        return self.called(document) if self.called else self.key(document)

    def key_of(self, name: str) -> str:
        """Give the key of one by the name that `named` gave: it stands at the end, in brackets."""
        return name[name.rfind("(") + 1 : -1] if self.called else name

    def file(self, document: Document) -> str:
        """Give the file of one below the kind's folder, without a suffix."""
        return self.path(document) if self.path else named(self.key(document))

    def is_same(self, kept: Document, live: Document) -> bool:
        """Say whether the kept one and the live one are the same."""
        return self.same(cut(kept, self.aside), cut(live, self.aside))


def cut(document: Mapping[str, Any], keys: Iterable[str]) -> Document:
    """Give a document without some of its fields."""
    left = frozenset(keys)
    return {key: value for key, value in document.items() if key not in left}


def named(text: str) -> str:
    """Give a text as the name of a file: what has no place there is written as in addresses."""
    quoted = quote(text, safe="")
    if quoted.startswith("."):
        quoted = f"%2E{quoted[1:]}"
    if len(quoted) <= LONGEST:
        return quoted
    return f"{quoted[:LONGEST]}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
