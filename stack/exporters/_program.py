"""The life of a small HTTP program: arguments, the pages that all have, a clean end."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser, ArgumentTypeError
from contextlib import suppress
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import choose_encoder

from stack.errors import StackError
from stack.exporters._messages import Answer, Request, Route, text
from stack.exporters._server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prometheus_client.registry import Collector

__all__ = ["address", "common_routes", "parser", "run", "serve"]


def parser(name: str, summary: str, port: int) -> ArgumentParser:
    """Make the parser of a program's arguments, `--listen` among them."""
    made = ArgumentParser(prog=name, description=summary, allow_abbrev=False)
    made.add_argument("--listen", metavar="HOST:PORT", type=address, default=("127.0.0.1", port))
    return made


def run(name: str, listen: tuple[str, int], program: Callable[[Server], None]) -> int:
    """Bind the address, then run a program until SIGTERM or SIGINT; give its exit code.

    The address comes first: a second copy of a program must not touch the first one's files.
    """
    before = {number: signal.signal(number, _stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with suppress(KeyboardInterrupt), Server(listen) as server:
            program(server)
    except StackError as error:
        sys.stderr.write(f"{name}: {error}\n")
        return 1
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return 0


def serve(server: Server, routes: Sequence[Route], *collectors: Collector) -> None:
    """Answer by these routes, and the common ones after them, until a signal comes."""
    server.routes = (*routes, *common_routes(*collectors))
    sys.stderr.write(f"listening on {server.url}\n")
    server.serve_forever()


def common_routes(*collectors: Collector) -> tuple[Route, ...]:
    """Give the pages of every program: its metrics, and that it is there."""
    registry = CollectorRegistry()
    for collector in collectors:
        registry.register(collector)

    def metrics(request: Request) -> Answer:
        encode, media = choose_encoder(request.accept)
        return Answer(encode(registry), media=media)

    return (
        Route("GET", "/metrics", metrics),
        Route("GET", "/-/ready", lambda _: text("ready")),
        Route("GET", "/-/healthy", lambda _: text("healthy")),
    )


def address(written: str) -> tuple[str, int]:
    """Read HOST:PORT from a command line."""
    host, colon, port = written.rpartition(":")
    if not colon or not (port.isascii() and port.isdigit()) or int(port) > 65535:
        raise ArgumentTypeError(f"'{written}' is no address; write it like 127.0.0.1:9199")
    return host, int(port)


def _stop(number: int, frame: object) -> None:
    del number, frame
    raise KeyboardInterrupt
