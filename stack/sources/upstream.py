"""Programs out of the official release archives of their projects, or of a mirror of those."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.sources import Source
from stack.sources._cache import kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.sources import Place
    from stack.sources._record import Record
    from stack.sources._wanted import Wanted

__all__ = ["SOURCE"]


def look(wanted: Wanted, place: Place) -> Record | str:
    """Give the program that was unpacked before."""
    return kept(wanted, place, "upstream")


def fetch(wanted: Sequence[Wanted], place: Place) -> Mapping[str, Record | str]:
    """Fetch the archives of programs in their wanted versions, where their hosts answer at all."""
    from stack.sources import _release  # its HTTP library is slow to load, and mostly not needed

    return _release.fetch(wanted, place)


SOURCE = Source(look=look, fetch=fetch)
