"""The clock itself: waits for each moment, runs what is due one after the other, and tells how it ended."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from pipelines.clock.jobs import BUSY, last_run
from stack.clients.command import running
from stack.runtimes.lock import shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import tzinfo

    from pipelines.clock.jobs import Job

__all__ = ["Clock", "Turn"]

ROOT = Path(__file__).parents[2]

LONGEST = 20.0
"""Seconds until it looks again: a machine may have slept, and somebody else have made a backup."""

SOON = 2.0
"""Seconds until it looks again where a deploy is at work."""

AGAIN = 60.0
"""Seconds until it tries again to run what found another run at work."""

HEARD = 0.2
"""Seconds between two looks at a run."""


@dataclass(slots=True)
class Turn:
    """Where the clock is with one job; moments are unix seconds.

    Args:
        job: the task.
        at: the five fields.
        next: when it runs next.
        last: when it last ran to its end, whoever started it.
        code: how the last run of this clock's own ended.
        running: whether it runs.
        started: when this clock last started it: a run that is killed leaves no end on record.
    """

    job: str
    at: str
    next: float | None = None
    last: float | None = None
    code: int | None = None
    running: bool = False
    started: float = 0.0


@dataclass
class Clock:
    """Runs jobs.

    Args:
        jobs: what is to run; of two that are due at once, the first one is first.
        environment: the environment's name.
        var: the folder of all that is produced, with the records of runs in it.
        zone: where the moments are told.
        lock: the file that a run holds locked while it changes the environment.
        command: what runs a task, without its name.
    """

    jobs: Sequence[Job]
    environment: str
    var: Path
    zone: tzinfo
    lock: Path
    command: Sequence[str] = (sys.executable, "-m", "invoke", "--search-root", str(ROOT))
    turns: Mapping[str, Turn] = field(init=False)
    _stopped: Event = field(default_factory=Event, init=False)

    def __post_init__(self) -> None:
        self.turns = {job.task: Turn(job.task, job.at) for job in self.jobs}

    def turn(self) -> None:
        """Run what is due, until told to stop.

        Raises:
            OSError: the lock's file or the records cannot be read.
            CommandFailed: a run cannot be started.
        """
        began = time.time()
        self._look(began)
        for turn in self.turns.values():
            _tell(f"{turn.job} at `{turn.at}`; next {self._said(turn.next)}")
        while not self._stopped.is_set():
            self._stopped.wait(self._step(began))

    def stop(self) -> None:
        """End the run that goes on, as Ctrl-C would, and run no other."""
        self._stopped.set()

    def document(self) -> list[dict[str, Any]]:
        """Give where it is with each job."""
        return [asdict(turn) for turn in self.turns.values()]

    def _step(self, began: float) -> float:
        """Run a job, where one is due and no deploy is at work, and give the seconds until the next look."""
        self._look(began)
        due = next(self._due(), None)
        if due is None:
            coming = [turn.next for turn in self.turns.values() if turn.next is not None]
            return max(0.0, min([LONGEST, *(moment - time.time() for moment in coming)]))
        with shared(self.lock) as free:
            if not free:
                return SOON
        return AGAIN if self._run(due, began) == BUSY else 0.0

    def _due(self) -> Iterator[Turn]:
        now = time.time()
        return (turn for turn in self.turns.values() if turn.next is not None and turn.next <= now)

    def _look(self, began: float) -> None:
        for job in self.jobs:
            turn = self.turns[job.task]
            turn.last = last_run(self.var, self.environment, job.task)
            known = [moment for moment in (turn.last, turn.started) if moment]
            turn.next = job.next(max(known, default=began), time.time(), self.zone)

    def _run(self, turn: Turn, began: float) -> int | None:
        """Run a job to its end, tell of it, and give its exit code; None where it was told to stop."""
        before, turn.running = time.monotonic(), True
        started = time.time()
        with tempfile.NamedTemporaryFile() as log:
            turn.code = self._ended([*self.command, turn.job], Path(log.name))
            said = log.read().decode(errors="replace").strip().rpartition("\n")[2].strip()
        turn.running = False
        if turn.code is None:
            _tell(f"{turn.job} was interrupted: this clock is told to stop")
            return None
        if turn.code != BUSY:
            turn.started = started
        self._look(began)
        how = "passed" if turn.code == 0 else f"failed with {turn.code}"
        coming = f"again in {AGAIN:.0f} s" if turn.code == BUSY else f"next {self._said(turn.next)}"
        _tell(f"{turn.job} {how} after {time.monotonic() - before:.1f} s: {said}; {coming}")
        return turn.code

    def _ended(self, words: Sequence[str], log: Path) -> int | None:
        """Run a command to its end, or until told to stop; give its exit code, None where it was ended."""
        with running(words, cwd=Path.cwd(), log=log) as ended:
            while (code := ended()) is None:
                if self._stopped.wait(HEARD):
                    return None
        return code

    def _said(self, moment: float | None) -> str:
        if moment is None:
            return "never"
        return datetime.fromtimestamp(moment, self.zone).strftime("%Y-%m-%d %H:%M %Z")


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
