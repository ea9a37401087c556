"""One JSON record per run under `var/runs/`: what was done, how long it took, how it ended."""

from __future__ import annotations

import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stack.emit import to_json
from stack.errors import StackError
from stack.tree import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Journal"]


@dataclass(slots=True)
class Journal:
    """The record of this run; it is on disk from the start, so that a killed run leaves its trace.

    Args:
        folder: `var/runs`.
        task: the task's name.
        environment: the environment's name.
        keeps: whether the run is written down at all; one that only looks is not.
    """

    folder: Path
    task: str
    environment: str
    keeps: bool = True
    began: float = field(default_factory=time.time)
    facts: dict[str, Any] = field(default_factory=dict)
    stages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The record's file, named by the moment of its start."""
        moment = datetime.fromtimestamp(self.began, UTC).strftime("%Y%m%dT%H%M%S.%f")
        return self.folder / f"{moment}Z-{self.environment}-{self.task}-{os.getpid()}.json"

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Note one stage: its duration, and its error where it ends with one."""
        entry: dict[str, Any] = {"stage": name, "result": "running"}
        self.stages.append(entry)
        self._write("running")
        before = time.monotonic()
        try:
            yield
            entry["result"] = "passed"
        except BaseException as error:
            entry["result"] = "failed"
            entry["error"] = str(error) if isinstance(error, StackError) else type(error).__name__
            raise
        finally:
            entry["seconds"] = round(time.monotonic() - before, 3)

    def note(self, **facts: object) -> None:
        """Add facts to the record: release, problems, findings."""
        self.facts.update(facts)

    def close(self, exit_code: int, error: str = "") -> None:
        """Write the record's last version."""
        self.note(exit_code=exit_code, seconds=round(time.time() - self.began, 3))
        if error:
            self.note(error=error)
        self._write("passed" if exit_code == 0 else "failed")

    def _write(self, result: str) -> None:
        if not self.keeps:
            return
        record = {
            "task": self.task,
            "environment": self.environment,
            "began": self.began,
            "result": result,
            "stages": self.stages,
            **self.facts,
        }
        with suppress(OSError):  # a full disk must not hide how the run ended
            write_atomically(self.path, to_json(record))
