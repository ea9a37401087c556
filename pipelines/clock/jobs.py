"""What a clock has to run, and when: from its moments, and from the records that runs have left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.core.boundary import INTERRUPTED
from pipelines.core.history import records
from stack.cron import Moments
from stack.errors import Locked

if TYPE_CHECKING:
    from datetime import tzinfo
    from pathlib import Path

__all__ = ["BUSY", "Job", "last_run"]

BUSY = Locked.exit_code
"""How a run ends that finds another one at work."""


@dataclass(frozen=True, slots=True)
class Job:
    """A task, and when it is to run.

    Args:
        task: the task's full name: `restore.drill`.
        at: the five fields.
    """

    task: str
    at: str

    def next(self, last: float, now: float, zone: tzinfo) -> float | None:
        """Give the moment of the next run; one that has passed was missed, and is made up for.

        Args:
            last: when it last began, or the clock did where it never has.
            now: the moment that it is; a record of a later one is of a machine whose time was wrong.
            zone: where the fields are told.
        """
        return Moments.read(self.at).after(min(last, now), zone)


def last_run(var: Path, environment: str, task: str) -> float | None:
    """Give when a task last began that had its turn, whoever started it; None for never.

    One that was told to stop, or found another at work, had none.
    """
    for record in records(var, environment, (task,)):
        if record.get("exit_code") not in {INTERRUPTED, BUSY}:
            return float(record["began"])
    return None
