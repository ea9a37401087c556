"""What one check has seen, where that is more than whether a thing is up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Seen"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a check has seen.

    Args:
        up: whether it found the thing up.
        containers: facts on each container that the thing is made of: `name` and `running`, and what else the
            discoverer tells of it.
    """

    up: bool
    containers: tuple[Mapping[str, Any], ...] = ()
