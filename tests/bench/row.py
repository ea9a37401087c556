"""One line of the table: what was measured, and the floor that was measured beside it."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import Any

__all__ = ["Row"]


@dataclass(frozen=True, slots=True)
class Row:
    """A figure beside its floor, both in seconds.

    Args:
        name: what was measured.
        runs: every measurement of it.
        floors: every measurement of its floor, made in turn with the others.
        beside: what the floor is.
        aim: what the value, or its ratio to the floor (`÷`), should be.
    """

    name: str
    runs: tuple[float, ...]
    floors: tuple[float, ...]
    beside: str
    aim: str = ""

    @property
    def value(self) -> float:
        """The median of the measurements."""
        return median(self.runs)

    @property
    def floor(self) -> float:
        """The median of the floor's measurements."""
        return median(self.floors)

    @property
    def ratio(self) -> float:
        """The one by the other."""
        return self.value / self.floor

    def serialise(self) -> dict[str, Any]:
        """Give it as a JSON-ready mapping."""
        return {
            "name": self.name,
            "seconds": self.value,
            "floor_seconds": self.floor,
            "ratio": self.ratio,
            "floor": self.beside,
            "aim": self.aim,
            "runs": self.runs,
            "floor_runs": self.floors,
        }
