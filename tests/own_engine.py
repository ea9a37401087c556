"""A container engine of a test's own, which it may stop and kill, in a network of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import closing, contextmanager
from ctypes import CDLL, get_errno
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from stack.clients.docker import engine
from tests.compose_lab import need_engine
from tests.engine import docker
from tests.lab import until
from tests.programs import own_image

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["OwnEngine", "own_engine"]

PATIENCE = 60.0
NEW_NETWORK = 0x40000000
"""CLONE_NEWNET of linux/sched.h."""


@dataclass
class OwnEngine:
    """One engine below a folder, with everything that it keeps.

    Args:
        folder: a short path, since it holds sockets.
        process: the engine's process.
    """

    folder: Path
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def host(self) -> str:
        """Its address, as DOCKER_HOST has it."""
        return f"unix://{self.folder}/sock"

    def start(self) -> None:
        """Start it, again too, and wait until it answers."""
        folders = ("--data-root", self.folder / "data", "--exec-root", self.folder / "exec")
        words = (*folders, "--pidfile", self.folder / "pid", "--host", self.host)
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(["dockerd", *words], stdout=log, stderr=log)
        assert until(self.answers, PATIENCE), f"a second engine does not start here: {self._said()}"

    def answers(self) -> bool:
        """Say whether it takes requests."""
        words = ["docker", "--host", self.host, "version"]
        return subprocess.run(words, capture_output=True, check=False, timeout=30).returncode == 0

    def end(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Send it a signal and wait until it has gone."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(PATIENCE)
            self.process = None
        self._forget_containerd()

    def _forget_containerd(self) -> None:
        """Take away the note of the containerd that dies with it, once that is dead.

        The next dockerd takes one that nobody has reaped yet for one that runs, and waits for it in vain.
        Where the machine's first process reaps at once, as it usually does, there is nothing to forget.
        """
        note = self.folder / "exec" / "containerd" / "containerd.pid"
        if note.exists():
            dead = partial(_is_dead, int(note.read_text()))
            assert until(dead, PATIENCE)
            note.unlink()

    def _said(self) -> str:
        lines = (self.folder / "log").read_text().strip().splitlines()
        self.end(signal.SIGKILL)
        return lines[-1] if lines else "it did not say why"


@contextmanager
def own_engine(size: str = "") -> Iterator[OwnEngine]:
    """Give a running engine that DOCKER_HOST names, and end it with all it has; skips where none can be had.

    Args:
        size: of the disk that it keeps everything on, as `mount` takes it; none for that of the machine.
    """
    if shutil.which("dockerd") is None:
        pytest.skip("dockerd is not installed; on Debian: apt-get install docker.io")
    need_engine()
    with closing(engine()) as usual:
        own_image(usual)  # from its network there is no way to the archive
    with (
        tempfile.TemporaryDirectory(prefix="flt-", ignore_cleanup_errors=True) as folder,
        _network(),
        _disk(Path(folder) / "data", size),
        pytest.MonkeyPatch.context() as patch,
    ):
        made = OwnEngine(Path(folder))
        try:
            made.start()
        except AssertionError as error:
            pytest.skip(str(error))
        patch.setenv("DOCKER_HOST", made.host)
        try:
            yield made
        finally:
            if not made.answers():
                made.end(signal.SIGKILL)
                made.start()  # what ran when it was killed runs on, and only an engine can end it
            if left := docker("--host", made.host, "ps", "-aq").split():
                docker("--host", made.host, "rm", "-f", "-v", *left)
            made.end()


@contextmanager
def _disk(place: Path, size: str) -> Iterator[None]:
    """Mount a small disk, if one is wanted."""
    if not size:
        yield
        return
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


def _is_dead(process: int) -> bool:
    try:
        return psutil.Process(process).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


@contextmanager
def _network() -> Iterator[None]:
    """Put this thread, and all that it starts, into an empty network, with a firewall of its own."""
    libc = CDLL(None, use_errno=True)
    with Path("/proc/thread-self/ns/net").open("rb") as before:
        if shutil.which("ip") is None or libc.unshare(NEW_NETWORK):
            pytest.skip(f"no network of its own can be had: {os.strerror(get_errno())}")
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            libc.setns(before.fileno(), NEW_NETWORK)
