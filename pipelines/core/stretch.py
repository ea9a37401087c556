"""The stretch of time that a run is about, as its options tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.core.options import Option
from stack.errors import Refused
from stack.moment import unix

if TYPE_CHECKING:
    from backups.blocks import Stretch
    from pipelines.core.effects import Effects

__all__ = ["STRETCH", "asked_stretch"]

STRETCH = (
    Option("since", "of metrics only blocks with samples from this time on: 2026-01-31T12:00:00Z"),
    Option("until", "of metrics only blocks with samples before this time"),
)


def asked_stretch(effects: Effects) -> Stretch:
    """Give the time from `--since` up to before `--until`.

    Raises:
        Refused: one of them is no time, or nothing lies between them.
    """
    from backups.blocks import Stretch

    stretch = Stretch(_moment("since", effects), _moment("until", effects))
    if stretch.since is not None and stretch.until is not None and stretch.since >= stretch.until:
        since, until = effects.options.text("since"), effects.options.text("until")
        raise Refused(message=f"--since {since} is not before --until {until}")
    return stretch


def _moment(name: str, effects: Effects) -> float | None:
    text = effects.options.text(name)
    try:
        return unix(text) if text else None
    except ValueError as error:
        message = f"--{name} takes a time as 2026-01-31T12:00:00Z, not '{text}'"
        raise Refused(message=message) from error
