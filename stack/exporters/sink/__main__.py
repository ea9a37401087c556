"""Runs the notification sink: `python -m stack.exporters.sink [--store FILE] [--smtp HOST:PORT]`."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from stack.exporters._program import address, parser, run, serve
from stack.exporters.sink.api import routes
from stack.exporters.sink.journal import Journal
from stack.exporters.sink.mail import MailServer
from stack.exporters.sink.metrics import SinkCollector
from stack.exporters.sink.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stack.exporters._server import Server

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Take notifications until told to stop; give the exit code."""
    arguments = parser("sink", "Take notifications, keep them, tell nobody.", 9095)
    arguments.add_argument("--store", metavar="FILE", type=Path, help="keep them in this file too")
    arguments.add_argument("--smtp", metavar="HOST:PORT", type=address, help="take mails there")
    given = arguments.parse_args(argv)

    def program(server: Server) -> None:
        store = Store(Journal(given.store) if given.store else None)
        doors = routes(store)
        with MailServer(given.smtp, doors) if given.smtp else nullcontext():
            serve(server, doors, SinkCollector(store))

    return run("sink", given.listen, program)


if __name__ == "__main__":
    sys.exit(main())
