"""How many rows have room in a panel, and a word on those that have none."""

from __future__ import annotations

from markupsafe import Markup

__all__ = ["fitting", "more"]

MORE = Markup('<div class="more">and {} more</div>')


def fitting(count: int, room: int) -> int:
    """Give how many of so many rows are shown; where not all have room, one of them says how many more."""
    room = max(1, room)
    return count if count <= room else max(1, room - 1)


def more(left: int) -> Markup:
    """Say how many are not shown, nothing where all are."""
    return MORE.format(left) if left > 0 else Markup()
