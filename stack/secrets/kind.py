"""What a kind of secret is: how its reference is written, and how its value is read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from stack.discover import definitions

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Kind", "Known", "forms", "kinds", "made_from", "pattern"]


class Known(Protocol):
    """What there is besides the reference when a value is read."""

    def kept(self, name: str) -> str | None:
        """Give the value of a secret that is on disk, None where there is none."""
        ...

    def waiting(self, name: str) -> str | None:
        """Give the value that a rotation has made and no deploy has taken yet, None where there is none."""
        ...

    def value(self, name: str) -> str:
        """Give the wanted value of another secret.

        Raises:
            SecretUnreadable: it cannot be had.
        """
        ...

    def digest(self, text: str) -> bytes:
        """Give 32 bytes that only this environment can make of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of secret; the module's name is the word that its references begin with.

    Args:
        form: a reference as messages show it: `env:NAME`.
        pattern: what a reference looks like, a regular expression.
        read: gives the value of a secret, by its name and by what its reference says behind the colon.
        runs: whether reading it runs a command, which just looking must not.
        elsewhere: where it is rotated, for a message: `{said}` is what stands behind the colon; empty where
            that can be done here.
        derived: whether it is made from another secret, whose name stands behind the colon.
    """

    form: str
    pattern: str
    read: Callable[[str, str, Known], str]
    runs: bool = False
    derived: bool = False
    elsewhere: str = ""


@lru_cache(maxsize=1)
def kinds() -> dict[str, Kind]:
    """Give every kind by the word that its references begin with."""
    return definitions("stack.secrets.kinds", "KIND", Kind)


def pattern() -> str:
    """Give the regular expression of any reference."""
    return "|".join(kind.pattern for kind in kinds().values())


def forms() -> str:
    """Name every form of a reference, for a message."""
    *most, last = (f"`{kind.form}`" for kind in kinds().values())
    return f"{', '.join(most)} or {last}"


def made_from(reference: str) -> str:
    """Name the secret that another one is made from by its reference; empty where it stands for itself."""
    word, _, argument = reference.partition(":")
    return argument if kinds()[word].derived else ""
