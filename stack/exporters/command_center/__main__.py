"""Runs the simulated command center: `python -m stack.exporters.command_center --env local`."""

from __future__ import annotations

import argparse
import math
import sys
import time
from typing import TYPE_CHECKING

from stack.exporters._program import parser, run, serve
from stack.exporters.command_center.api import routes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters._server import Server

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Simulate a fleet until told to stop; give the exit code."""
    arguments = parser("command_center", "Simulate a command center and its faults.", 8010)
    arguments.add_argument("--env", metavar="NAME", default="local", help="the `env` label of its metrics")
    arguments.add_argument(
        "--speed", metavar="FACTOR", type=_speed, default=1.0, help="how many times faster its time passes"
    )
    given = arguments.parse_args(argv)
    began = time.monotonic()

    def program(server: Server) -> None:
        serve(server, routes(given.env, lambda: (time.monotonic() - began) * given.speed))

    return run("command_center", given.listen, program)


def _speed(text: str) -> float:
    speed = float(text)
    if not 0 < speed < math.inf:
        message = f"'{text}' is no speed: a number above 0"
        raise argparse.ArgumentTypeError(message)
    return speed


if __name__ == "__main__":
    sys.exit(main())
