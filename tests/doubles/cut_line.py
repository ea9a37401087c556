"""A way to a Unix socket that can be cut: what goes over it passes untouched, until a file appears."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["cut_line"]

CHUNK = 65_536


@contextmanager
def cut_line(target: str, path: Path, cut: Path) -> Iterator[Path]:
    """Give a socket that leads to another one until `cut` exists; then all hang up, and nobody answers."""
    ends: list[socket.socket] = []
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(64)
        threading.Thread(target=_accept, args=(server, target, ends), daemon=True).start()
        threading.Thread(target=_watch, args=(server, cut, ends, path), daemon=True).start()
        yield path
    _hang_up(ends)


def _accept(server: socket.socket, target: str, ends: list[socket.socket]) -> None:
    with suppress(OSError):
        while True:
            near, _ = server.accept()
            far = socket.socket(socket.AF_UNIX)
            far.connect(target)
            ends += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=_pass_on, args=pair, daemon=True).start()


def _pass_on(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(CHUNK):
            sink.sendall(data)
    with suppress(OSError):  # the other way may still be in use: a keeper's input ends before its output
        sink.shutdown(socket.SHUT_WR)


def _watch(server: socket.socket, cut: Path, ends: list[socket.socket], path: Path) -> None:
    while not cut.exists():
        time.sleep(0.02)
    path.unlink(missing_ok=True)
    server.close()
    _hang_up(ends)


def _hang_up(ends: list[socket.socket]) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
