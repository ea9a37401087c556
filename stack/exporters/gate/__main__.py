"""Runs the gate: `python -m stack.exporters.gate --config FILE --deploy-token-file FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stack.exporters._program import parser, run, serve
from stack.exporters.gate.api import Gate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters._server import Server

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Answer the proxy until told to stop; give the exit code."""
    arguments = parser("gate", "Say who may come in.", 9181)
    arguments.add_argument("--config", metavar="FILE", type=Path, required=True)
    arguments.add_argument("--deploy-token-file", metavar="FILE", type=Path, required=True)
    given = arguments.parse_args(argv)

    def program(server: Server) -> None:
        gate = Gate(given.config, given.deploy_token_file)
        serve(server, gate.routes, gate.counts)

    return run("gate", given.listen, program)


if __name__ == "__main__":
    sys.exit(main())
