"""The way to a real engine, cut after so many bytes in one direction, as a network does it."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["CutEngine"]

SOCKET = "/var/run/docker.sock"


class CutEngine:
    """Listens on loopback and passes on to the machine's engine.

    Args:
        answered: bytes that come back over one connection before it is cut.
        sent: bytes that are let through to the engine before it is cut.
    """

    def __init__(self, *, answered: int = 1 << 40, sent: int = 1 << 40) -> None:
        self.answered, self.sent = answered, sent
        self._listener = socket.create_server(("127.0.0.1", 0))

    @property
    def address(self) -> str:
        return f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            engine = socket.socket(socket.AF_UNIX)
            engine.connect(SOCKET)

            def both(client: socket.socket = client, engine: socket.socket = engine) -> None:
                for one in (client, engine):
                    one.close()

            self._pass_on(client, engine, self.sent, both)
            self._pass_on(engine, client, self.answered, both)

    def _pass_on(
        self, source: socket.socket, target: socket.socket, most: int, end: Callable[[], None]
    ) -> None:
        def pump() -> None:
            left = most
            try:
                while left and (data := source.recv(min(65536, left))):
                    target.sendall(data)
                    left -= len(data)
            except OSError:
                pass
            for one in (source, target):
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
            end()

        threading.Thread(target=pump, daemon=True).start()
