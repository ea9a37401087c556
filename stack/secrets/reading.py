"""What the secrets of an environment ought to be now: each value is read once, and none is written."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from stack.errors import SecretUnreadable
from stack.secrets.kind import kinds
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["KEY", "NEXT", "Reading"]

KEY = ".fingerprint-key"
NEXT = ".next"
"""The folder of values that a rotation has made, until a deploy takes them."""


class Reading:
    """The wanted values of secrets.

    Args:
        references: where each comes from, by name.
        folder: where their files lie; need not be there yet.
        looks: whether nothing may be run for it: what a command gives counts as unchanged.
    """

    def __init__(self, references: Mapping[str, str], folder: Path, *, looks: bool = False) -> None:
        self._references = references
        self._folder = folder
        self._looks = looks
        self._values: dict[str, str] = {}
        self.key = _bytes(folder / KEY) or secrets.token_bytes(32)

    def kept(self, name: str) -> str | None:
        """Give the value that is on disk, None where there is none."""
        return _text(self._folder / name)

    def waiting(self, name: str) -> str | None:
        """Give the value that a rotation has made and no deploy has taken yet, None where there is none."""
        return _text(self._folder / NEXT / name)

    def value(self, name: str) -> str:
        """Give the wanted value of a secret.

        Raises:
            SecretUnreadable: its reference leads to nothing.
        """
        if name not in self._values:
            self._values[name] = self._read(name)
        return self._values[name]

    def digest(self, text: str) -> bytes:
        """Give 32 bytes that only who has the environment's own key can make of a text."""
        return hmac.digest(self.key, text.encode(), "sha256")

    def keep_key(self) -> None:
        """Write the environment's own key down where it is new: what was made with it must stay."""
        if _bytes(self._folder / KEY) != self.key:
            write_atomically(self._folder / KEY, self.key, mode=0o600)

    def _read(self, name: str) -> str:
        if name not in self._references:
            raise SecretUnreadable(name=name, message="the environment has no such secret")
        reference = self._references[name]
        word, _, argument = reference.partition(":")
        kind = kinds()[word]
        found = self.kept(name) if kind.runs and self._looks else kind.read(name, argument, self)
        value = (found or "").rstrip("\n")
        if not value.strip():
            raise SecretUnreadable(name=name, message=f"{reference} gives an empty value")
        return value


def _text(path: Path) -> str | None:
    data = _bytes(path)
    return None if data is None else data.decode()


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
