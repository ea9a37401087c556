"""Which dashboard somebody means: by its file's stem, its uid or its title."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.errors import Refused
from stack.suggestion import suggestion

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["is_meant", "refuse_unknown"]


def is_meant(name: str, *known: str) -> bool:
    """Say whether a dashboard of these names is meant; without a name, every one is."""
    return not name or name in known


def refuse_unknown(name: str, known: Iterable[str]) -> None:
    """Refuse a name that no dashboard has.

    Raises:
        Refused: with the nearest one.
    """
    names = sorted(set(known))
    if name and name not in names:
        raise Refused(message=f"there is no dashboard '{name}'", hint=suggestion(name, names))
