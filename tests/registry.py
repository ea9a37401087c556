"""A registry of a test's own: it can be stopped, cut off, and asked what was fetched from it."""

from __future__ import annotations

import io
import json
import secrets
import shutil
import socket
import subprocess
import tarfile
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from stack.clients.ports import is_free
from tests.engine import docker
from tests.lab import free_ports, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Registry", "line_that_ends", "random_image", "registry"]

PROGRAM = "docker-registry"
CHUNK = 1 << 14


@dataclass
class Registry:
    """One registry on loopback, which an engine speaks to without TLS.

    Args:
        folder: what it keeps, and its log.
        port: where it listens.
        users: a file of those who may, as htpasswd has it; without one everybody may.
        process: the registry's process.
        pushed: the digests of what was put into it, in that order.
    """

    folder: Path
    port: int
    users: Path | None = None
    process: subprocess.Popen[bytes] | None = field(default=None)
    pushed: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        """Its name in a reference."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        auth = {"htpasswd": {"realm": "test", "path": str(self.users)}} if self.users else {}
        document = {
            "version": 0.1,
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "kept")}},
            "http": {"addr": self.host},
            **({"auth": auth} if auth else {}),
        }
        (self.folder / "config.json").write_text(json.dumps(document))
        words = [PROGRAM, "serve", str(self.folder / "config.json")]
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(words, stdout=log, stderr=log)
        assert until(lambda: not is_free(self.port), 30.0), self._log.read_text()

    def stop(self) -> None:
        """Kill it."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def push(self, image: str, name: str) -> str:
        """Put an image of the engine under another name into it, and give its digest."""
        reference = f"{self.host}/{name}"
        docker("tag", image, reference)
        try:
            said = docker("push", reference)
        finally:
            docker("rmi", reference)
        self.pushed.append(said.rpartition("digest: ")[2].split()[0])
        return self.pushed[-1]

    def forget(self) -> None:
        """Take from the engine what it has pulled, under this registry's names alone."""
        words = ("images", "--digests", "--filter", f"reference={self.host}/*/*", "--format")
        for form in ("{{.Repository}}:{{.Tag}}", "{{.Repository}}@{{.Digest}}"):
            if names := [name for name in docker(*words, form).split() if "<none>" not in name]:
                docker("rmi", "-f", *names)

    def asked(self) -> int:
        """Count the manifests and layers that were asked for so far."""
        lines = self._log.read_text().splitlines()
        return sum('"GET /v2/' in line and ("/manifests/" in line or "/blobs/" in line) for line in lines)

    @property
    def _log(self) -> Path:
        return self.folder / "log"


@contextmanager
def registry(folder: Path, users: Path | None = None) -> Iterator[Registry]:
    """Give a running registry, or skip where none is installed."""
    if shutil.which(PROGRAM) is None:
        pytest.skip(f"{PROGRAM} is not installed; on Debian: apt-get install {PROGRAM}")
    folder.mkdir(parents=True, exist_ok=True)
    made = Registry(folder, next(free_ports()), users)
    made.start()
    try:
        yield made
    finally:
        made.stop()
        made.forget()


@contextmanager
def random_image(folder: Path, megabytes: int = 1) -> Iterator[str]:
    """Give the name of an image that nobody else has, for as long as it is needed."""
    name, file = f"regtest-{secrets.token_hex(4)}:1", folder / "layer.tar"
    with tarfile.open(file, "w") as archive:
        entry = tarfile.TarInfo("random")
        entry.size = megabytes << 20
        archive.addfile(entry, io.BytesIO(secrets.token_bytes(entry.size)))
    docker("import", str(file), name)
    try:
        yield name
    finally:
        docker("rmi", "-f", name)


@contextmanager
def line_that_ends(target: int, most: int) -> Iterator[int]:
    """Give a port that leads to another one; after so many bytes back, all hang up and nobody listens."""
    ends: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        ends.append(server)
        threading.Thread(target=_accept, args=(server, target, most, ends), daemon=True).start()
        yield server.getsockname()[1]


def _accept(server: socket.socket, target: int, most: int, ends: list[socket.socket]) -> None:
    left = Left(most)
    with suppress(OSError):
        while True:
            near, _ = server.accept()
            far = socket.create_connection(("127.0.0.1", target))
            ends += [near, far]
            for one, other, counted in ((near, far, Left(1 << 40)), (far, near, left)):
                threading.Thread(target=_pass_on, args=(one, other, counted, ends), daemon=True).start()


@dataclass
class Left:
    """How many bytes may still pass."""

    bytes: int


def _pass_on(source: socket.socket, sink: socket.socket, left: Left, ends: list[socket.socket]) -> None:
    with suppress(OSError):
        while left.bytes > 0 and (data := source.recv(CHUNK)):
            left.bytes -= len(data)
            sink.sendall(data)
    for end in ends if left.bytes <= 0 else (source, sink):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
            end.close()
