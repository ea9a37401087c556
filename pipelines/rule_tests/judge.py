"""Lets promtool judge many small test files at once, on every core, and remembers what passed."""

from __future__ import annotations

import os
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.core.memory import program, stamp
from stack.clients.promtool import Promtool

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from pipelines.core.memory import Memory

__all__ = ["Job", "Judge", "Verdict", "named"]

SHARES, FEWEST, MOST = 4, 4, 60
"""Calls of promtool for each processor, and files in each: a call costs 40 ms, but files differ in time."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What promtool said, nothing where a job passed, and about how many seconds it took, 0 if remembered."""

    said: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(frozen=True, eq=False)
class Job:
    """One test file, cut down to what is to be judged together.

    Args:
        test: its text; it names its rule files by `named`.
        rules: the rule files' texts, by their own names (`rules/node.yml`).
        weight: about how much work it is.
    """

    test: bytes
    rules: Mapping[str, bytes]
    weight: float = field(default=1.0)

    @cached_property
    def key(self) -> str:
        """The name of its verdict, whichever promtool gives it."""
        return stamp((self.test, *self.rules.values()))


def named(text: bytes) -> str:
    """Name a rule file by its text, so that one file serves all jobs that are about the same rules."""
    return f"{stamp((text,))[:24]}.yml"


@dataclass(frozen=True, slots=True)
class Judge:
    """One promtool, and what it was found to pass before.

    Args:
        promtool: its path.
        memory: what passed before.
        doing: is told now and then how many jobs have been judged, and of how many.
    """

    promtool: Path
    memory: Memory
    doing: Callable[[int, int], None] | None = None

    def of(self, jobs: Collection[Job], *, passing: bool = True) -> Mapping[str, Verdict]:
        """Give the verdict of each job by its key; equal jobs are judged once.

        Args:
            jobs: what to judge.
            passing: whether a pass is what is remembered; else a failure is, but not what was said of it.

        Raises:
            CommandFailed: promtool is missing or does not end.
            OSError: the disk is full.
        """
        mark = (program(self.promtool), str(passing).encode())
        keys = {job.key: stamp((*mark, job.key.encode())) for job in jobs}
        known = {job.key for job in jobs if self.memory.knows(keys[job.key])}
        verdicts = {key: Verdict(() if passing else ("it failed before",)) for key in known}
        fresh = self._judged({job.key: job for job in jobs if job.key not in known})
        self.memory.learn(keys[key] for key, verdict in fresh.items() if bool(verdict.said) is not passing)
        return verdicts | fresh

    def _judged(self, jobs: Mapping[str, Job]) -> dict[str, Verdict]:
        # The heaviest first, so that none of them is what the others have to wait for at the end.
        ready = sorted(jobs.values(), key=lambda job: -job.weight)
        verdicts: dict[str, Verdict] = {}
        with (
            tempfile.TemporaryDirectory(prefix="monitoring-rule-tests-") as name,
            ThreadPoolExecutor(os.cpu_count()) as pool,
        ):
            folder = Path(name)
            _lay_out_rules(ready, folder)
            running = [pool.submit(self._share, share, at, folder) for at, share in enumerate(_shares(ready))]
            for done in as_completed(running):
                verdicts |= done.result()
                if self.doing:
                    self.doing(len(verdicts), len(jobs))
        return verdicts

    def _share(self, jobs: Sequence[Job], number: int, folder: Path) -> dict[str, Verdict]:
        """Let one promtool judge a share of the jobs."""
        files = {f"{number}-{at}.test.yml": job for at, job in enumerate(jobs)}
        for name, job in files.items():
            (folder / name).write_bytes(job.test)
        before = time.monotonic()
        said = Promtool(self.promtool).run_tests(list(files), folder)
        each = (time.monotonic() - before) / sum(job.weight for job in jobs)
        return {
            job.key: Verdict(tuple(_renamed(text, job, folder) for text in said[name]), each * job.weight)
            for name, job in files.items()
        }


def _shares(jobs: Sequence[Job]) -> Iterator[Sequence[Job]]:
    count = max(min(SHARES * (os.cpu_count() or 1), -(-len(jobs) // FEWEST)), -(-len(jobs) // MOST))
    return (jobs[start::count] for start in range(count))


def _lay_out_rules(jobs: Sequence[Job], folder: Path) -> None:
    for text in {text for job in jobs for text in job.rules.values()}:
        (folder / named(text)).write_bytes(text)


def _renamed(said: str, job: Job, folder: Path) -> str:
    """Name the rule files as the user knows them."""
    said = said.replace(f"{folder}/", "")
    for name, text in job.rules.items():
        said = said.replace(named(text), name)
    return said
