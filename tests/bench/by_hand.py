"""The floor of a deploy: the same programs, started by hand, until the stack does its work."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import psutil
import requests

from stack.assemble import services
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.lab import Lab

__all__ = ["Copy", "await_work", "copies", "empty", "healths", "start_by_hand"]

PATIENCE = 60.0


@dataclass(frozen=True, slots=True)
class Copy:
    """How a process was started."""

    argv: tuple[str, ...]
    env: Mapping[str, str]
    folder: str

    def start(self) -> subprocess.Popen[bytes]:
        """Start it once more."""
        return subprocess.Popen(
            self.argv,
            env=dict(self.env),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def copies(lab: Lab) -> tuple[Copy, ...]:
    """Note how each service of a running stack was started."""
    children = psutil.Process(lab.supervisor()).children()
    return tuple(Copy(tuple(child.cmdline()), child.environ(), child.cwd()) for child in children)


def empty(folder: Path) -> None:
    """Take away what the services have kept, and leave each of them its folder."""
    for inner in folder.iterdir():
        shutil.rmtree(inner)
        inner.mkdir()


def start_by_hand(lab: Lab, processes: tuple[Copy, ...], targets: int) -> None:
    """Start processes, wait until all are ready, all targets up and a beat is delivered; then stop them.

    Raises:
        RuntimeError: something of it did not happen in time.
    """
    started = [process.start() for process in processes]
    try:
        _wait("ready", lambda: _all_ready(lab))
        await_work(lab, targets, lab.live())
    finally:
        for process in started:
            process.terminate()
        for process in started:
            process.wait(PATIENCE)


def await_work(lab: Lab, targets: int, release: str) -> None:
    """Wait until so many targets are up and a beat of a release is delivered.

    Raises:
        RuntimeError: that did not happen in time.
    """
    _wait("up", lambda: healths(lab).count("up") >= targets)
    _wait("beat", lambda: lab.get("resources", "/watchdog").json()["releases"].get(release))


def healths(lab: Lab) -> list[str]:
    """Give the health of each target that Prometheus knows."""
    found: list[dict[str, Any]] = lab.get("prometheus", "/api/v1/targets?state=active").json()["data"][
        "activeTargets"
    ]
    return [target["health"] for target in found]


def _all_ready(lab: Lab) -> bool:
    running = json.loads((lab.root / "current" / "runtime" / "processes.json").read_bytes())
    return all(lab.get(name, services()[name].ready).ok for name in running)


def _wait(what: str, condition: Callable[[], Any]) -> None:
    def asked() -> Any:
        try:
            return condition()
        except requests.RequestException:
            return False

    if not until(asked, PATIENCE):
        message = f"started by hand, the stack was not {what} within {PATIENCE:.0f} s"
        raise RuntimeError(message)
