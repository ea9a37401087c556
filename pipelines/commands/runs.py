"""List what was run, and how it ended."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pipelines.core.options import Option

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.core.effects import Effects

__all__ = ["OPTIONS", "run"]

NEEDED = {"began", "environment", "task", "result"}

OPTIONS = (Option("lines", "how many runs to print", default="20"),)


def run(effects: Effects) -> int:
    """Print a row per run: when, what, how it ended, and its last error."""
    paths = sorted((effects.var / "runs").glob("*.json"), reverse=True)
    records = list(_read(paths[: effects.options.number("lines")]))
    effects.console.result(records)
    effects.console.table(
        ("BEGAN", "ENVIRONMENT", "TASK", "RESULT", "SECONDS", "RELEASE", "ERROR"), map(_row, records)
    )
    effects.console.end(f"{len(paths)} run(s) on record in {effects.var / 'runs'}")
    return 0


def _read(paths: list[Path]) -> Iterator[dict[str, Any]]:
    for path in paths:
        with suppress(OSError, ValueError):  # gone in the meantime, or not a record of ours
            record = json.loads(path.read_bytes())
            if isinstance(record, dict) and record.keys() >= NEEDED:
                yield record


def _row(record: dict[str, Any]) -> tuple[str, ...]:
    return (
        datetime.fromtimestamp(record["began"], UTC).strftime("%Y-%m-%d %H:%M:%SZ"),
        record["environment"],
        record["task"],
        "cut off" if record["result"] == "running" else record["result"],
        str(record.get("seconds", "-")),
        str(record.get("release", "-")),
        str(record.get("error", ""))[:80],
    )
