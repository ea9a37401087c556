"""A keeper that runs: what is asked over its standard input, and told over its standard output."""

from __future__ import annotations

import json
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from stack.clients.docker import answered, if_there
from stack.errors import EngineRefused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docker import DockerClient

__all__ = ["Line"]

PATIENCE = 30
"""Seconds that a keeper has to end once nobody speaks to it."""


class Line:
    """A keeper's standard input and output."""

    def __init__(self, engine: DockerClient, image: str, binds: dict[str, dict[str, str]]) -> None:
        with answered("start a container that works on the volumes"):
            container = engine.containers.create(
                image,
                ["-m", "stack.runtimes.keeper"],
                entrypoint=["python3"],
                user="0:0",
                cap_drop=["ALL"],
                cap_add=["CHOWN", "DAC_OVERRIDE", "FOWNER"],
                security_opt=["no-new-privileges:true"],
                network_mode="none",
                read_only=True,
                stdin_open=True,
                auto_remove=True,
                volumes=binds,
            )
            self._container, self.image, self.container = container, image, str(container.id)
            streams = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
            self._socket = engine.api.attach_socket(self.container, params=streams)
            container.start()
        self._raw = getattr(self._socket, "_sock", self._socket)
        # The answer first: left open above a socket that is closed, newer Pythons complain of it.
        answer = getattr(self._socket, "_response", self._socket)
        self._end = weakref.finalize(self, _hang_up, answer, self._socket, self._raw)
        self._said = b""

    def ask(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Send one line and read one."""
        with answered("work on the volumes"):
            self._raw.sendall(json.dumps(document).encode() + b"\n")
            line = self._next_line()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End its input, and wait until the container has gone with its hold on the volumes."""
        self._end()
        with suppress(EngineRefused):
            if_there(
                "wait for a container to end",
                lambda: self._container.wait(condition="removed", timeout=PATIENCE),
            )

    def _next_line(self) -> bytes:
        """Read frames (kind, three zeros, length, bytes) until a line is whole.

        Source: https://docs.docker.com/reference/api/engine/ (container attach, stream format)
        """
        errors = b""
        while b"\n" not in self._said:
            head = self._exactly(8)
            if not head:
                last = errors.decode(errors="replace").strip().rpartition("\n")[2]
                raise EngineRefused(what="work on the volumes", message=last or "it ended without a word")
            body = self._exactly(int.from_bytes(head[4:8], "big"))
            if head[0] == 1:
                self._said += body
            else:
                errors += body
        line, _, self._said = self._said.partition(b"\n")
        return line

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more: bytes = self._raw.recv(size - len(data))
            if not more:
                return b""
            data += more
        return data


def _hang_up(*ends: Any) -> None:
    for end in ends:
        end.close()
