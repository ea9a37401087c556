"""A real container engine for tests: an image made of one package, and containers that end with the test."""

from __future__ import annotations

import io
import json
import os
import secrets
import shutil
import subprocess
import tarfile
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docker import DockerClient

__all__ = ["House", "docker", "house", "names_in", "socket_path"]

CACHE = Path(__file__).parents[1] / "var" / "cache" / "tests"
PACKAGE = "busybox-static"

ANSWER = b"""#!/bin/sh
while read -r line && [ "${#line}" -gt 1 ]; do :; done
printf 'HTTP/1.1 200 OK\\r\\nContent-Type: text/plain; version=0.0.4\\r\\n'
printf 'Connection: close\\r\\n\\r\\nanswered 1\\n'
"""
SERVE = b"""#!/bin/sh
for port in "$@"; do nc -ll -p "$port" -e /bin/answer & done
trap 'exit 0' TERM
wait
"""


@dataclass
class House:
    """Containers and networks with one prefix; all of them go with the test."""

    prefix: str
    image: str
    networks: list[str] = field(default_factory=list)

    def run(
        self, name: str, *ports: int, expose: tuple[int, ...] = (), flags: tuple[str, ...] = (), **labels: str
    ) -> str:
        """Start a container that serves metrics on these ports; a label `port` is `prometheus.io/port`."""
        words = [
            word for key, value in labels.items() for word in ("--label", f"prometheus.io/{key}={value}")
        ]
        words += [word for port in expose for word in ("--expose", str(port))]
        command = ("/bin/serve", *map(str, ports or (80,)))
        docker("run", "-d", "--name", self.name(name), *words, *flags, self.image, *command)
        return self.name(name)

    def network(self, name: str) -> str:
        """Make a network."""
        docker("network", "create", self.name(name))
        self.networks.append(self.name(name))
        return self.name(name)

    def name(self, name: str) -> str:
        """Give the engine's name of something."""
        return f"{self.prefix}-{name}"

    def remove(self, *names: str) -> None:
        """Remove containers."""
        docker("rm", "-f", "-v", *(self.name(name) for name in names))

    def clear(self) -> None:
        """Remove all containers and networks."""
        left = docker("ps", "-aq", "--filter", f"name=^/?{self.prefix}-").split()
        if left:
            docker("rm", "-f", "-v", *left)
        for network in self.networks:
            docker("network", "rm", network)
        self.networks = []

    def end(self) -> None:
        """Remove all."""
        self.clear()
        docker("rmi", "-f", self.image)


@contextmanager
def house() -> Iterator[House]:
    """Give a house on the machine's engine, or skip where there is none."""
    if reason := _missing():
        pytest.skip(reason)
    made = House(f"disctest-{secrets.token_hex(3)}", "")
    made.image = f"{made.prefix}-web:1"
    subprocess.run(["docker", "import", "-", made.image], input=_image(), check=True, capture_output=True)
    try:
        yield made
    finally:
        made.end()


def docker(*words: str) -> str:
    """Run the engine's command to its end and give what it prints."""
    done = subprocess.run(["docker", *words], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def names_in(engine: DockerClient, repository: str) -> list[str]:
    """Name the images of a repository; what others, who made the very same image, call it is not ours."""
    found = engine.images.list(filters={"reference": f"{repository}/*"})
    return [tag for one in found for tag in one.tags if tag.startswith(f"{repository}/")]


def socket_path() -> str:
    """Give the path of the engine's socket on this machine."""
    host = os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")
    return host.removeprefix("unix://")


def _missing() -> str:
    if shutil.which("docker") is None:
        return "docker is not installed; on Debian: apt-get install docker.io"
    words = ["docker", "version", "--format", "{{json .Server}}"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=30)
    if done.returncode or not json.loads(done.stdout or "null"):
        return f"no container engine answers: {done.stderr.strip()}"
    return "" if _busybox() else f"{PACKAGE} cannot be fetched"


def _image() -> bytes:
    made = io.BytesIO()
    program = _busybox()
    assert program is not None
    with tarfile.open(fileobj=made, mode="w") as archive:
        files = {"busybox": program.read_bytes(), "answer": ANSWER, "serve": SERVE}
        for name, data in files.items():
            entry = tarfile.TarInfo(f"bin/{name}")
            entry.size, entry.mode = len(data), 0o755
            archive.addfile(entry, io.BytesIO(data))
        for applet in ("sh", "nc", "sleep", "dd", "tail"):
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(entry)
    return made.getvalue()


def _busybox() -> Path | None:
    """Give the static program, fetched once for all tests."""
    program = CACHE / "busybox"
    if not program.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with (
            TemporaryDirectory(dir=CACHE) as name,
            suppress(subprocess.CalledProcessError, FileNotFoundError),
        ):
            folder = Path(name)
            subprocess.run(["apt-get", "download", PACKAGE], cwd=folder, check=True, capture_output=True)
            [package] = folder.glob("*.deb")
            subprocess.run(["dpkg-deb", "-x", package, folder / "x"], check=True, capture_output=True)
            (folder / "x" / "bin" / "busybox").rename(program)
    return program if program.exists() else None
