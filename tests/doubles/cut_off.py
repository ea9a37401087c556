"""A socket before a real engine's: it can be cut off and mended, which a test must not do to the engine."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CutOff"]


class CutOff:
    """Passes everything on between its own socket and the engine's, until it is cut.

    Args:
        path: its own socket.
        engine: the engine's.
    """

    def __init__(self, path: Path, engine: str) -> None:
        self._path, self._engine = path, engine
        self._lines: list[socket.socket] = []
        self.mend()

    def mend(self) -> None:
        """Be there."""
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(str(self._path))
        self._server.listen(64)
        threading.Thread(target=self._accept, args=(self._server,), daemon=True).start()

    def cut(self) -> None:
        """Be gone, and end all that was under way."""
        self._path.unlink()
        for line in (self._server, *self._lines):
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        self._lines = []

    def _accept(self, server: socket.socket) -> None:
        while True:
            try:
                client, _ = server.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(self._engine)
            self._lines += [client, engine]
            for one, other in ((client, engine), (engine, client)):
                threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
