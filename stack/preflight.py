"""Looks at the machine before a deploy: free memory, and room for what retention will keep."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from stack.duration import seconds
from stack.report import Problem, Report, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from stack.service import Stack

__all__ = ["Forecast", "Machine", "forecast", "inspect_machine", "read_machine"]

GB = 1_000_000_000
MEMORY_WANTED = 2 * GB

SERIES = {
    "alertmanager": 500,
    "blackbox": 150,
    "command_center": 100,
    "discoverer": 50,
    "grafana": 2_500,
    "node": 1_500,
    "prometheus": 1_000,
    "pushgateway": 150,
    "resources": 100,
    "sink": 50,
}
"""Series that one target of a service gives, and what rules record of them; rounded up."""

USUAL_SERIES = 1_000
"""Series of a target that nothing more is known about."""

BYTES_PER_SAMPLE = 1.7
"""Of a compacted block; Prometheus' own manual says one to two."""

HEAD_BYTES_PER_SAMPLE = 14
HEAD_SECONDS = 3 * 3600
"""Write-ahead log and head chunks, measured, which hold up to three hours."""

SIZES = {unit: 1024**power for power, unit in enumerate(("B", "KB", "MB", "GB", "TB", "PB", "EB"))}


@dataclass(frozen=True, slots=True)
class Machine:
    """What is left of a machine, in bytes.

    Args:
        memory: free for new processes.
        disk: free on the file system of the environment's folder.
        kept: what the environment has there already, and its forecast counts again.
    """

    memory: int
    disk: int
    kept: int = 0


@dataclass(frozen=True, slots=True)
class Forecast:
    """How much Prometheus will keep: series, and bytes once retention is reached."""

    series: int
    size: int


def inspect_machine(stack: Stack, folder: Path, *, machine: Machine | None = None) -> Report:
    """Warn where a machine is too small for a stack.

    Args:
        stack: what is to run.
        folder: where the environment keeps its state; need not be there yet.
        machine: the readings; without them the machine itself is asked.
    """
    machine = machine or read_machine(folder)
    return Report.of([*_memory(machine), *_disk(stack, machine)])


def forecast(stack: Stack) -> Forecast:
    """Say how much disk Prometheus needs, at most.

    `series x 86400 / interval x days x 1.7` bytes for the blocks, with the interval in seconds, and
    `series x 10800 / interval x 14` for the head. 5,000 series every 15 s for 15 days: 432 million samples a
    retention, 734 MB of blocks; 3.6 million in the head, 50 MB more. `retention_size` caps the sum.

    Source: https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects
    """
    environment = stack.environment
    series = sum(_series(stack))
    rate = series / seconds(environment.scrape_interval)
    blocks = rate * seconds(environment.retention) * BYTES_PER_SAMPLE
    size = int(blocks + rate * HEAD_SECONDS * HEAD_BYTES_PER_SAMPLE)
    return Forecast(series, min(size, _bytes(environment.retention_size) or size))


def read_machine(folder: Path) -> Machine:
    """Ask the machine itself."""
    import psutil

    place = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.is_dir())
    free = psutil.disk_usage(str(place)).free
    return Machine(psutil.virtual_memory().available, free, _kept(folder / "data" / "prometheus"))


def _kept(folder: Path) -> int:
    """Add up the files below a folder, some of which may go meanwhile: Prometheus compacts as we look."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):
                total += os.lstat(os.path.join(place, name)).st_size  # noqa: PTH118 # as os.walk gives it
    return total


def _series(stack: Stack) -> Iterator[int]:
    environment = stack.environment
    yield from (SERIES.get(name, USUAL_SERIES) for name in stack.services)
    for name, targets in environment.targets.items():
        yield SERIES.get(name, USUAL_SERIES) * len(targets)
    yield USUAL_SERIES * sum(bool(resource.metrics) for resource in environment.resources)
    yield USUAL_SERIES * len(environment.prometheus.get("scrape_configs", ()))


def _memory(machine: Machine) -> Iterator[Problem]:
    if machine.memory < MEMORY_WANTED:
        summary = f"{_gb(machine.memory)} of memory are free, and {_gb(MEMORY_WANTED)} are wanted"
        yield _warning("memory", summary, "stop something else, or leave services out")


def _disk(stack: Stack, machine: Machine) -> Iterator[Problem]:
    expected, environment = forecast(stack), stack.environment
    missing = expected.size - machine.kept
    if machine.disk < missing:
        what = f"{expected.series:,} series every {environment.scrape_interval} for {environment.retention}"
        summary = f"{_gb(machine.disk)} of disk are free, and {_gb(missing)} more will be needed for {what}"
        yield _warning("disk", summary, "make room, or set a shorter `retention` or a `retention_size`")


def _warning(where: str, summary: str, hint: str) -> Problem:
    return Problem("preflight", where, summary, Severity.WARNING, hint=hint)


def _bytes(size: str) -> int:
    """Read a size as Prometheus does: powers of 1024; empty is 0."""
    digits = size.rstrip("BKMGTPE")
    return int(digits) * SIZES[size[len(digits) :]] if size else 0


def _gb(size: int) -> str:
    return f"{size / GB:.1f} GB"
