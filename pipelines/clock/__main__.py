"""Runs the clock: `python -m pipelines.clock --lock FILE --job "backup=17 2 * * *"`."""

from __future__ import annotations

import os
import sys
import threading
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.clock.first import below_the_first
from pipelines.clock.jobs import Job
from pipelines.clock.turning import Clock
from stack.cron import Moments, zone
from stack.exporters._messages import Route, document, text
from stack.exporters._program import parser, run, serve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters._server import Server

__all__ = ["main"]

PATIENCE = 25.0
"""Seconds that a run has to end once the clock is told to: an engine waits for thirty."""


def main(argv: Sequence[str] | None = None) -> int:
    """Turn until told to stop, or until something goes wrong; give the exit code."""
    made = parser("backup", "Back up and drill at the moments that are asked for.", 9192)
    made.add_argument("--job", metavar="TASK=FIELDS", action="append", type=_job, required=True)
    made.add_argument("--timezone", metavar="NAME", type=zone, default="UTC")
    made.add_argument("--lock", metavar="FILE", type=Path, required=True, help="locked while a run deploys")
    given = made.parse_args(argv)
    var, environment = Path(os.environ["MONITORING_VAR"]), os.environ["MONITORING_ENV"]
    clock = Clock(given.job, environment, var, given.timezone, given.lock)
    return below_the_first(lambda: _turned(clock, given.listen))


def _turned(clock: Clock, listen: tuple[str, int]) -> int:
    broken = threading.Event()

    def program(server: Server) -> None:
        def turn() -> None:
            try:
                clock.turn()
            except BaseException:  # whoever starts this anew also gives it what it lacks
                broken.set()
                server.shutdown()
                raise

        turning = threading.Thread(target=turn, name="turn")
        turning.start()
        try:
            serve(server, _pages(clock))
        finally:
            clock.stop()
            turning.join(PATIENCE)

    return run("backup", listen, program) or int(broken.is_set())


def _pages(clock: Clock) -> tuple[Route, ...]:
    return (
        Route("GET", "/", lambda _: document(clock.document())),
        Route("POST", "/-/reload", lambda _: text("each run reads its environment anew")),
    )


def _job(written: str) -> Job:
    task, _, fields = written.partition("=")
    try:
        Moments.read(fields)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    return Job(task, fields)


if __name__ == "__main__":
    sys.exit(main())
