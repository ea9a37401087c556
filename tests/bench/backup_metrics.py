"""A large TSDB, backed up and brought back, beside bare restic and `cp -a` on the same files."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.row import Row
from tests.bench.timing import run, timed
from tests.lab import lab as plain_lab
from tests.tools import tools

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.lab import Lab

__all__ = ["SAMPLES", "measure", "write_samples"]

SAMPLES = 50_000_000
SERIES = 2_500
STEP = 15
DAY = 24 * 3600
RUNS = 3


def measure() -> Iterator[Row]:
    """Back a deployed stack up that has many samples: first, again, and back, each beside its floor."""
    # Beside the cache and not in memory: what is linked and what is copied differs there.
    with tempfile.TemporaryDirectory(prefix="monitoring-bench-", dir=Path.cwd() / "var") as name:
        blocks = Path(name) / "blocks"
        _make_blocks(Path(name), blocks)
        with plain_lab(Path(name) / "lab") as made:
            yield from _measured(made, blocks, Path(name))


def _measured(made: Lab, blocks: Path, folder: Path) -> Iterator[Row]:
    # Prometheus would make fewer blocks of these by and by, and each run had others.
    flags = {"prometheus": [f"--storage.tsdb.max-block-duration={DAY}s"]}
    made.environment(retention="10y", disable={"services": ["grafana"]}, flags=flags)
    made.invoke("deploy").ok()
    data = made.root / "data" / "prometheus"
    made.invoke("stop").ok()
    for block in blocks.iterdir():
        shutil.copytree(block, data / block.name)
    made.invoke("start").ok()
    made.invoke("deploy").ok()
    first, second, sealed, bare, back, copied = [], [], [], [], [], []
    for _ in range(RUNS):
        shutil.rmtree(made.var / "backups", ignore_errors=True)
        first.append(timed(lambda: made.invoke("backup", timeout=600).ok()))
        sealed.append(_stages(made, "backup")["seal"])
        second.append(timed(lambda: made.invoke("backup", timeout=600).ok()))
        bare.append(_bare(blocks, folder / "bare"))
        made.invoke("stop").ok()
        for block in data.glob("01*"):
            shutil.rmtree(block)
        made.invoke("start").ok()
        back.append(timed(lambda: made.invoke("restore", "--only", "metrics", timeout=600).ok()))
        copied.append(timed(lambda: run("cp", "-a", blocks, folder / "copied")))
        shutil.rmtree(folder / "copied")
    restic = "bare restic backup of the same blocks"
    yield Row("first backup of 50 million samples, all stages", tuple(first), tuple(bare), restic, "<= 1.5 ÷")
    yield Row("its stage seal", tuple(sealed), tuple(bare), restic, "<= 1.1 ÷")
    yield Row("the second backup", tuple(second), tuple(first), "the first one", "<= 0.2 ÷")
    yield Row("their restore into the live stack, proved", tuple(back), tuple(copied), "cp -a of the blocks")


def _bare(blocks: Path, place: Path) -> float:
    """Store the same files by restic alone, in a repository that is there already."""
    password = place.with_suffix(".password")
    password.write_text("bench")
    restic = [
        str(tools("restic")["restic"]),
        "--repo",
        str(place),
        "--password-file",
        str(password),
        "--quiet",
    ]
    subprocess.run([*restic, "init"], check=True, capture_output=True)
    took = timed(lambda: subprocess.run([*restic, "backup", str(blocks)], check=True, capture_output=True))
    shutil.rmtree(place)
    return took


def _stages(made: Lab, task: str) -> Mapping[str, float]:
    newest = max((made.var / "runs").glob(f"*-{task}-*.json"))
    record: dict[str, Any] = json.loads(newest.read_bytes())
    return {stage["stage"]: float(stage["seconds"]) for stage in record["stages"]}


def _make_blocks(folder: Path, blocks: Path) -> None:
    """Let promtool make blocks of a day each, the last of which ended a day ago."""
    points = SAMPLES // SERIES
    end = int(time.time()) // DAY * DAY - DAY
    start = end - points * STEP
    text = folder / "samples.txt"
    for day in range(start // DAY, math.ceil(end / DAY)):
        first, last = max(start, day * DAY), min(end, (day + 1) * DAY)
        write_samples(text, first, last)
        # As long as a server that keeps two weeks makes its own.
        longest = f"--max-block-duration={DAY}s"
        run(tools("promtool")["promtool"], "tsdb", "create-blocks-from", longest, "openmetrics", text, blocks)
    text.unlink()


def write_samples(text: Path, first: int, last: int, series: int = SERIES) -> None:
    """Write a sample of every series each 15 s, from one Unix second up to before another, as OpenMetrics.

    A third are counters, a third constants, and the rest noisy numbers: what a fleet's exporters look like.
    """
    with text.open("w") as file:
        for kind in ("counter", "constant", "noise"):
            file.write(f"# TYPE bench_{kind} gauge\n")
            for number in range({"counter": 0, "constant": 1, "noise": 2}[kind], series, 3):
                head = f'bench_{kind}{{job="bench",instance="i{number}"}} '
                lines = (f"{head}{_value(kind, number, at)} {at}\n" for at in range(first, last, STEP))
                file.writelines(lines)
        file.write("# EOF\n")


def _value(kind: str, number: int, at: int) -> float:
    if kind == "constant":
        return number
    if kind == "counter":
        return at % 10_000_000 * (number % 7 + 1)
    return (at * 2_654_435_761 + number * 40_503) % 1_000_003 / 997
