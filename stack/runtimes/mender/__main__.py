"""Runs a mender: `python -m stack.runtimes.mender --label NAME=VALUE --lock FILE`."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING

from stack.exporters.discoverer.engine import Engine, EngineFailed
from stack.runtimes.mender.mending import Mender

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Mend until told to stop or the engine is lost; give the exit code."""
    made = ArgumentParser(prog="mender", description="Start the containers that were killed.")
    made.add_argument("--label", metavar="NAME=VALUE", required=True, help="what all of them have")
    made.add_argument("--lock", metavar="FILE", type=Path, required=True, help="locked while a run has them")
    made.add_argument("--engine", metavar="ADDRESS", default="unix:///var/run/docker.sock")
    given = made.parse_args(argv)
    # The first process of a container has no default for it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        Mender(Engine(given.engine), given.label, given.lock).run()
    except (EngineFailed, OSError) as error:
        sys.stderr.write(f"mender: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
