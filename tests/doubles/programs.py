"""Programs that only tell their version, how they are wanted, and what a user is told of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stack.environment import BinarySettings, Environment
from stack.programs import Program, Release
from stack.sources import Place
from stack.sources._wanted import want

if TYPE_CHECKING:
    from pathlib import Path

    from stack.sources._wanted import Wanted

__all__ = ["ALERTMANAGER", "GRAFANA", "NODE_EXPORTER", "PROMETHEUS", "Told", "put", "says", "wanted"]


def _program(name: str, floor: str, *executables: str, packages: tuple[str, ...]) -> Program:
    page = f"https://releases.test/prometheus/{name}/releases/download/v{{version}}"
    release = Release(f"{page}/{name}-{{version}}.linux-{{arch}}.tar.gz", f"{page}/sha256sums.txt")
    return Program(name, executables, floor, packages, release)


PROMETHEUS = _program("prometheus", "2.45", "prometheus", "promtool", packages=("prometheus", "promtool"))
ALERTMANAGER = _program(
    "alertmanager", "0.26", "alertmanager", "amtool", packages=("prometheus-alertmanager",)
)
NODE_EXPORTER = _program("node_exporter", "1.5", "node_exporter", packages=("prometheus-node-exporter",))
GRAFANA = Program(
    "grafana",
    ("grafana",),
    "10.0",
    release=Release(
        "https://downloads.test/grafana/release/{version}/grafana_{version}_{build}_linux_{arch}.tar.gz",
        "https://downloads.test/grafana/release/{version}/grafana_{version}_{build}_linux_{arch}.tar.gz.sha256",
    ),
)


def says(name: str, version: str) -> bytes:
    """Give a program that tells its version as Prometheus' programs do."""
    return f"#!/bin/sh\necho '{name}, version {version} (branch: HEAD, revision: 1)'\n".encode()


def put(folder: Path, name: str, program: bytes) -> Path:
    """Put an executable program into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(program)
    (folder / name).chmod(0o755)
    return folder / name


def wanted(program: Program, *, exact: bool = False, **versions: str) -> Wanted:
    """Want a program as an environment would."""
    return want(program, Environment(name="test", exact_versions=exact, versions=versions))


@dataclass
class Told:
    """What the user would have seen."""

    lines: list[str] = field(default_factory=list)
    progress: list[tuple[str, int, int | None]] = field(default_factory=list)

    def place(self, cache: Path, **settings: object) -> Place:
        """Make a place for a source, with the `binaries:` section given."""
        return Place(BinarySettings.model_validate(settings), cache, self.lines.append, self.step)

    def step(self, what: str, done: int, total: int | None) -> None:
        """Note a step of a download."""
        self.progress.append((what, done, total))
