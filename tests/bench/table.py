"""All rows as a plain table, and as a document."""

from __future__ import annotations

import os
import platform
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.bench.row import Row

__all__ = ["document", "lines"]

HEADS = ("FIGURE", "SECONDS", "MIN..MAX", "RUNS", "FLOOR", "÷", "AIM", "THE FLOOR IS")


def lines(rows: Sequence[Row]) -> list[str]:
    """Give the lines of the table, the machine in the first."""
    cells = [HEADS, *map(_cells, rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    table = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in cells]
    return [f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}", "", *table]


def document(rows: Sequence[Row]) -> dict[str, Any]:
    """Give the table as a JSON-ready mapping; every time is in seconds."""
    return {
        "cores": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
        "figures": [row.serialise() for row in rows],
    }


def _cells(row: Row) -> tuple[str, ...]:
    return (
        row.name,
        f"{row.value:.2f}",
        f"{min(row.runs):.2f}..{max(row.runs):.2f}",
        str(len(row.runs)),
        f"{row.floor:.2f}",
        f"{row.ratio:.2f}",
        row.aim,
        row.beside,
    )
