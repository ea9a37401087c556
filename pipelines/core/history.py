"""What was run before, from the records that runs leave."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.core.effects import Effects

__all__ = ["last_good"]


def last_good(task: str, effects: Effects) -> float | None:
    """Give when a task last began, in unix seconds, that ended well in this environment; None for never."""
    wanted = {"task": task, "environment": effects.options.environment, "result": "passed"}
    # The moment of its start begins a record's name, and the environment and the task stand in it.
    pattern = f"*-{effects.options.environment}-{task}-*.json"
    for path in sorted((effects.var / "runs").glob(pattern), reverse=True):
        with suppress(OSError, ValueError, KeyError, TypeError):
            record = json.loads(path.read_bytes())
            if wanted.items() <= record.items():
                return float(record["began"])
    return None
