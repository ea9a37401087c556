"""Runs the resource exporter: `python -m stack.exporters.resource_exporter --config FILE`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from stack.exporters._program import parser, run, serve
from stack.exporters.resource_exporter.api import Exporter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters._server import Server

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Watch the resources of a file until told to stop; give the exit code."""
    arguments = parser("resource_exporter", "Tell the state of declared resources.", 9199)
    arguments.add_argument("--config", metavar="FILE", type=Path, required=True)
    given = arguments.parse_args(argv)

    def program(server: Server) -> None:
        exporter = Exporter(given.config)
        try:
            serve(server, exporter.routes, *exporter.collectors)
        finally:
            exporter.stop()

    return run("resource_exporter", given.listen, program)


if __name__ == "__main__":
    sys.exit(main())
