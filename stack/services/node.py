"""Node exporter: what the machine itself is doing, and our pipelines' own outcomes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stack.programs import Program, Release
from stack.service import Process, Service

if TYPE_CHECKING:
    from stack.service import Stack

__all__ = ["SERVICE"]

RELEASES = "https://github.com/prometheus/node_exporter/releases/download/v{version}"


def _process(stack: Stack) -> Process:
    flags = (
        f"--web.listen-address={stack.address('node')}",
        # Outcomes of deploys and backups are written here by the pipelines themselves.
        "--collector.textfile.directory={root}/textfile",
    )
    return Process(argv=("node_exporter", *flags, *stack.environment.flags.get("node", ())))


SERVICE = Service(
    name="node",
    summary="what the machine itself is doing",
    port=9100,
    process=_process,
    program=Program(
        name="node_exporter",
        executables=("node_exporter",),
        floor="1.5",
        packages=("prometheus-node-exporter",),
        release=Release(
            archive=f"{RELEASES}/node_exporter-{{version}}.linux-{{arch}}.tar.gz",
            digests=f"{RELEASES}/sha256sums.txt",
        ),
    ),
    ready="/",
    health="/",
)
