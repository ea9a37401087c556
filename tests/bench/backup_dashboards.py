"""A thousand dashboards captured, beside the same requests by sixteen workers that do nothing else.

Of the double, which answers a dashboard after 90 ms, as a Grafana 9.4 was measured to: it waits more than it
computes, so what is compared is how well its waiting is used. Where there is a real one, of that too.
"""

from __future__ import annotations

import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import requests

from stack.clients.http import Session, lines
from tests.backups import grafana_lab
from tests.backups.grafana_lab import Lab, sent
from tests.bench.row import Row
from tests.bench.timing import in_turn
from tests.doubles.grafana.faults import Fault
from tests.doubles.grafana_site import PASSWORD, model
from tests.real import real_grafana, served_grafana

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.backups.grafana_lab import Served

__all__ = ["measure"]

COUNT = 1000
RUNS = 3
WORKERS = 16
FEW = 4
LATE = 0.09
"""Seconds."""


def measure() -> Iterator[Row]:
    """Capture them by the source, and ask for the same objects by bare requests."""
    boards = [_board(number) for number in range(COUNT)]
    with tempfile.TemporaryDirectory(prefix="monitoring-bench-") as name:
        made = Lab(Path(name))
        site = made.site("grafana", version="9.4.0")
        site.release("many", **{board["uid"]: board for board in boards})
        with site.served() as server:
            server.faults.append(Fault("GET /api/dashboards/uid/", seconds=LATE, times=10**9))
            yield _compared("1,000 dashboards captured", made, server)
        if real_grafana():
            with served_grafana(made.folder / "real", PASSWORD) as real:
                _fill(real, boards)
                yield _compared("1,000 dashboards captured of a real Grafana", made, real)


def _compared(name: str, made: Lab, server: Served) -> Row:
    asked = _asked(made, server)
    ours, bare = in_turn(RUNS, lambda: _captured(made, server), lambda: _bare(server, asked))
    return Row(name, ours, bare, "the same GETs by a bare client of 16 workers", "<= 1.2 ÷")


def _board(number: int) -> dict[str, Any]:
    panels = [{"id": panel, "title": f"Panel {panel}", "type": "timeseries"} for panel in range(1, 22)]
    return model(f"board-{number:04}", panels=panels)


def _fill(server: Served, boards: Sequence[dict[str, Any]]) -> None:
    session = Session(server.url, auth=("admin", PASSWORD), timeout=60)
    save = partial(sent, session, "POST", "/api/dashboards/db")
    with ThreadPoolExecutor(FEW) as pool:
        list(pool.map(save, ({"dashboard": board} for board in boards)))


def _asked(made: Lab, server: Served) -> list[str]:
    """Capture once, and give all that was asked for."""
    asked: list[str] = []
    heard = lines()
    heard.hooks["response"].append(lambda answer, **_: asked.append(answer.request.path_url))
    with patch.object(grafana_lab, "Session", partial(Session, lines=heard)):
        _captured(made, server)
    return asked


def _captured(made: Lab, server: Served) -> None:
    part = made.captured(server)
    assert part.counts["dashboards"] == COUNT, part.counts
    shutil.rmtree(made.folder / "snapshot")


def _bare(server: Served, asked: Sequence[str]) -> None:
    """Ask again for everything that a capture has asked for."""
    with requests.Session() as session, ThreadPoolExecutor(WORKERS) as pool:
        session.auth = ("admin", PASSWORD)
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=WORKERS))
        answers = list(pool.map(lambda path: session.get(server.url + path, timeout=30).status_code, asked))
    assert len(answers) > COUNT, len(answers)
