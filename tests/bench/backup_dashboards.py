"""A thousand dashboards captured, beside the same requests by sixteen workers that do nothing else.

The server is the double. It answers a dashboard after 90 ms, as a real Grafana was measured to: it waits more
than it computes, so what is compared is how well its waiting is used.
"""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests

from tests.backups.grafana_lab import Lab
from tests.bench.row import Row
from tests.bench.timing import in_turn
from tests.doubles.grafana.faults import Fault
from tests.doubles.grafana_site import PASSWORD, model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.doubles import grafana as double

__all__ = ["measure"]

COUNT = 1000
RUNS = 3
WORKERS = 16
LATE = 0.09
"""Seconds."""


def measure() -> Iterator[Row]:
    """Capture them by the source, and ask for the same objects by bare requests."""
    with tempfile.TemporaryDirectory(prefix="monitoring-bench-") as name:
        made = Lab(Path(name))
        site = made.site("grafana", version="9.4.0")
        site.release("many", **{f"board-{number:04}": _board(number) for number in range(COUNT)})
        with site.served() as server:
            server.faults.append(Fault("GET /api/dashboards/uid/", seconds=LATE, times=10**9))
            ours, bare = in_turn(RUNS, lambda: _captured(made, server), lambda: _bare(server))
    beside = "the same GETs by a bare client of 16 workers"
    yield Row("1,000 dashboards captured", ours, bare, beside, "<= 1.2 ÷")


def _board(number: int) -> dict[str, Any]:
    panels = [{"id": panel, "title": f"Panel {panel}", "type": "timeseries"} for panel in range(1, 22)]
    return model(f"board-{number:04}", panels=panels)


def _captured(made: Lab, server: double.Grafana) -> None:
    server.asked.clear()
    part = made.captured(server)
    assert part.counts["dashboards"] == COUNT, part.counts
    shutil.rmtree(made.folder / "snapshot")


def _bare(server: double.Grafana) -> None:
    """Ask again for everything that the last capture has asked for."""
    asked = [request.removeprefix("GET ") for request in server.asked]
    with requests.Session() as session, ThreadPoolExecutor(WORKERS) as pool:
        session.auth = ("admin", PASSWORD)
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        answers = list(pool.map(lambda path: session.get(server.url + path, timeout=30).status_code, asked))
    assert len(answers) > COUNT, len(answers)
