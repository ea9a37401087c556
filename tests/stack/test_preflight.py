"""A machine that is too small is told with figures, and never stops a deploy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from stack.assemble import services
from stack.environment import Environment
from stack.preflight import Machine, forecast, inspect_machine, read_machine
from stack.report import Severity
from stack.service import Stack

if TYPE_CHECKING:
    from pathlib import Path

GB = 1_000_000_000
PLENTY = Machine(memory=8 * GB, disk=100 * GB)


def stack(*names: str, **settings: object) -> Stack:
    environment = Environment.model_validate({"name": "lab", **settings})
    defined = services()
    return Stack(environment, {name: defined[name] for name in names}, defined)


def test_a_large_machine_is_no_problem(tmp_path: Path) -> None:
    assert inspect_machine(stack("prometheus", "node"), tmp_path, machine=PLENTY).problems == ()


def test_little_memory_is_told(tmp_path: Path) -> None:
    for memory, expected in ((2 * GB, ()), (2 * GB - 1, ("memory",)), (0, ("memory",))):
        report = inspect_machine(stack("prometheus"), tmp_path, machine=Machine(memory, PLENTY.disk))
        assert tuple(problem.where for problem in report.problems) == expected
        assert report, "a warning stops nothing"


def test_little_disk_is_told_with_the_arithmetic(tmp_path: Path) -> None:
    small = stack("prometheus", "node")
    report = inspect_machine(small, tmp_path, machine=Machine(PLENTY.memory, GB // 10))
    (problem,) = report.problems
    assert problem.severity is Severity.WARNING
    assert problem.line() == (
        "disk: 0.1 GB of disk are free, and 0.4 GB more will be needed for 2,500 series every 15s for 15d "
        "(make room, or set a shorter `retention` or a `retention_size`)"
    )


def test_what_is_kept_already_needs_no_room_again(tmp_path: Path) -> None:
    need = forecast(stack("prometheus")).size
    for disk, kept, fits in ((need, 0, True), (need - 1, 0, False), (0, need, True), (10, need - 11, False)):
        machine = Machine(PLENTY.memory, disk, kept)
        assert (inspect_machine(stack("prometheus"), tmp_path, machine=machine).problems == ()) is fits


def test_the_forecast_is_series_times_samples_times_bytes() -> None:
    whole = forecast(stack("prometheus", "node"))
    assert whole.series == 2500
    assert whole.size == pytest.approx(2500 * (86400 / 15 * 15 * 1.7 + 10800 / 15 * 14))
    assert forecast(stack("prometheus", "node", scrape_interval="5s")).size == pytest.approx(3 * whole.size)
    assert forecast(stack("prometheus", "node", retention="30d")).size > 1.8 * whole.size


def test_everything_that_is_scraped_counts() -> None:
    settings = {
        "targets": {"node": ["a:9100", "b:9100"]},
        "resources": [{"name": "x", "kind": "tcp", "address": "x:1", "metrics": "http://x:1/metrics"}],
        "prometheus": {"scrape_configs": [{"job_name": "shop"}]},
    }
    assert forecast(stack("node", **settings)).series == 3 * 1500 + 1000 + 1000


@pytest.mark.parametrize(("size", "expected"), [("1B", 1), ("64MB", 64 * 1024**2), ("1GB", 1024**3)])
def test_retention_by_size_is_a_ceiling(size: str, expected: int) -> None:
    busy = {"targets": {"node": [f"web-{number}:9100" for number in range(100)]}}
    assert forecast(stack("node", retention_size=size, **busy)).size == expected
    assert forecast(stack("node", retention_size="1EB", **busy)) == forecast(stack("node", **busy))


def test_the_machine_is_asked_even_before_the_folder_is_there(tmp_path: Path) -> None:
    fresh = read_machine(tmp_path / "var" / "lab")
    assert fresh.memory > 0
    assert fresh.disk > 0
    assert fresh.kept == 0


def test_what_prometheus_keeps_is_counted_though_files_come_and_go(tmp_path: Path) -> None:
    blocks = tmp_path / "data" / "prometheus" / "01H"
    blocks.mkdir(parents=True)
    (blocks / "chunks").write_bytes(b"x" * 700)
    (blocks.parent / "wal").write_bytes(b"x" * 300)
    (tmp_path / "data" / "grafana.db").write_bytes(b"x" * 5000)
    (blocks / "gone").symlink_to(tmp_path / "nowhere")
    assert 1000 <= read_machine(tmp_path).kept < 1300
