"""Runs the discoverer: `python -m stack.exporters.discoverer --env NAME`."""

from __future__ import annotations

import re
import sys
import threading
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.errors import StackError
from stack.exporters._program import parser, run, serve
from stack.exporters.discoverer.api import Pages
from stack.exporters.discoverer.board import Board
from stack.exporters.discoverer.engine import Engine, EngineFailed, Forbidden
from stack.exporters.discoverer.follow import Follower
from stack.exporters.discoverer.metrics import DiscoveryCollector
from stack.exporters.discoverer.target_file import TargetFile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from stack.exporters._server import Server

__all__ = ["main"]

SOCKET = "unix:///var/run/docker.sock"
ADDRESS = re.compile(r"unix:///.+|tcp://[^/\s]+:\d{1,5}")


def main(argv: Sequence[str] | None = None) -> int:
    """Follow the engine until told to stop; give the exit code."""
    given = _parser().parse_args(argv)
    write = TargetFile(given.file).write if given.file else _nowhere

    def program(server: Server) -> None:
        engine, board = Engine(given.engine), Board()
        _refuse_forbidden(engine)
        follower = Follower(engine, board, given.network, given.env, write)
        threading.Thread(target=follower.run, name="follow", daemon=True).start()
        serve(server, Pages(engine, board).routes, DiscoveryCollector(board))

    return run("discoverer", given.listen, program)


def _parser() -> ArgumentParser:
    made = parser("discoverer", "Find the containers that want to be scraped.", 9198)
    made.add_argument("--env", metavar="NAME", required=True, help="the label `env` of every target")
    made.add_argument("--engine", metavar="ADDRESS", type=_address, default=SOCKET)
    made.add_argument(
        "--network", metavar="NAME", action="append", default=[], help="one that Prometheus reaches"
    )
    made.add_argument("--file", metavar="FILE", type=Path, help="where the targets are written")
    return made


def _refuse_forbidden(engine: Engine) -> None:
    """Refuse to run without the right to: an engine that is away comes back, a right does not come.

    Raises:
        StackError: we may not use the engine's socket.
    """
    with suppress(EngineFailed):
        try:
            engine.negotiate()
        except Forbidden as error:
            message = f"{error}; let this user into the socket's group, or set `discovery.docker: false`"
            raise StackError(message=message) from error


def _nowhere(groups: Sequence[Mapping[str, Any]]) -> None:
    del groups  # facts on containers are wanted, and no targets


def _address(written: str) -> str:
    if not ADDRESS.fullmatch(written):
        message = f"'{written}' is no engine; write it like {SOCKET} or tcp://127.0.0.1:2375"
        raise ArgumentTypeError(message)
    return written


if __name__ == "__main__":
    sys.exit(main())
