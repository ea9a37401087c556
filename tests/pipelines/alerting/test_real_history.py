"""A backtest on a real Prometheus' history, judged by promtool's own evaluation of the same samples."""

from __future__ import annotations

import json
import random
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.alerting.definitions import Definition
from pipelines.alerting.history import backtest, stretch_for, to_inline
from stack.clients.command import run
from stack.clients.http import Session
from stack.clients.ports import free
from stack.clients.prometheus import Prometheus
from stack.clients.promtool import Promtool
from stack.errors import HttpFailed
from stack.promql.inline import Recorded
from tests.lab import until
from tests.real import tool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.alerting.history import Past

pytestmark = pytest.mark.integration

STEP = 15
COUNT = 2_000
RATE = Recorded("sum by (service) (rate(x_total[1m]))", interval="15s")
ALERTS = {
    "Rate": Definition(
        "Rate", "s", "service:x:rate1m > 0.5", 45.0, 0.0, {}, 15.0, {"service:x:rate1m": RATE}
    ),
    "Gauge": Definition("Gauge", "s", "g == 0", 0.0, 0.0, {}, 15.0, {}),
    "Waiting": Definition("Waiting", "s", "g == 0", 120.0, 0.0, {}, 15.0, {}),
    "Kept": Definition("Kept", "s", "g == 0", 40.0, 70.0, {}, 15.0, {}),
}


def samples() -> dict[str, list[float | None]]:
    """Make series of two services: states that last for a while, a counter that moves in bursts, and gaps."""
    chance = random.Random(4)
    found: dict[str, list[float | None]] = {}
    for service in ("a", "b"):
        state, total = 1.0, 0.0
        gauge, counter = [], []
        for _ in range(COUNT):
            state = 1.0 - state if chance.random() < 0.12 else state
            total += 20.0 if state == 0.0 else chance.choice([0.0, 1.0])
            missing = chance.random() < 0.01
            gauge.append(None if missing else state)
            counter.append(None if missing else total)
        found[f'g{{service="{service}"}}'] = gauge
        found[f'x_total{{service="{service}"}}'] = counter
    return found


@contextmanager
def history(folder: Path, series: dict[str, list[float | None]], begin: int) -> Iterator[Prometheus]:
    """Put the series into blocks, and serve them."""
    lines = [
        f"{name} {value} {begin + at * STEP}"
        for name, values in series.items()
        for at, value in enumerate(values)
        if value is not None
    ]
    (folder / "history.txt").write_text(
        "\n".join(["# TYPE g gauge", "# TYPE x counter", *lines, "# EOF", ""])
    )
    blocks = ("tsdb", "create-blocks-from", "openmetrics", folder / "history.txt", folder / "data")
    run([tool("promtool"), *blocks]).checked()
    (folder / "prometheus.yml").write_text("{}")
    (port,) = free(1)
    argv = [
        str(tool("prometheus")),
        f"--config.file={folder}/prometheus.yml",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        session = Session(f"http://127.0.0.1:{port}")
        assert until(lambda: _ready(session)), "Prometheus did not start"
        yield Prometheus(session)
    finally:
        process.terminate()
        process.wait(10)


def _ready(session: Session) -> bool:
    try:
        return session.request("GET", "/-/ready").ok
    except HttpFailed:
        return False


def expectation(past: Past, begin: int) -> dict[str, Any]:
    """Say what promtool must find if the backtest is right: which alert fires at each of its boundaries."""
    name, end = past.definition.name, begin + (COUNT - 1) * STEP
    firing = f'ALERTS{{alertname="{name}",alertstate="firing"}}'
    asked = []
    for labels, found in past.fired.items():
        mine = firing.replace("}", f',service="{dict(labels)["service"]}"}}')
        for one in found:
            over = one.resolved if one.resolved is not None else end + STEP
            for at, fires in ((one.fired - STEP, 0), (one.fired, 1), (over - STEP, 1), (over, 0)):
                if begin <= at <= end:
                    sample = [{"labels": "{}", "value": 1}] if fires else []
                    asked.append(
                        {"expr": f"count({mine})", "eval_time": f"{at - begin:.0f}s", "exp_samples": sample}
                    )
        steps = sum(one.lasted(end + STEP) for one in found) / STEP
        every = f"sum(count_over_time({mine}[{COUNT * STEP}s:{STEP}s]))"
        sample = [{"labels": "{}", "value": round(steps)}]
        asked.append({"expr": every, "eval_time": f"{end - begin}s", "exp_samples": sample})
    return {"promql_expr_test": asked}


def judged(folder: Path, series: dict[str, list[float | None]], found: list[Past], begin: int) -> str:
    """Let promtool evaluate the same rules on the same samples, and give what it finds otherwise."""
    rules: list[dict[str, Any]] = [{"record": "service:x:rate1m", "expr": RATE.expression}]
    for one in ALERTS.values():
        times = {"for": f"{one.wait:.0f}s", "keep_firing_for": f"{one.keep:.0f}s"}
        rules.append({"alert": one.name, "expr": one.expression, **times})
    groups = [{"name": "g", "interval": "15s", "rules": rules}]
    (folder / "rules.yml").write_text(json.dumps({"groups": groups}))
    texts = {
        name: " ".join("_" if v is None else f"{v:g}" for v in values) for name, values in series.items()
    }
    given = [{"series": name, "values": text} for name, text in texts.items()]
    tests = [{"interval": "15s", "input_series": given, **expectation(past, begin)} for past in found]
    document = {"rule_files": ["rules.yml"], "evaluation_interval": "15s", "tests": tests}
    (folder / "test.yml").write_text(json.dumps(document))
    return Promtool(tool("promtool")).test_rules([folder / "test.yml"])


def test_every_boundary_of_every_firing_is_where_prometheus_has_it(tmp_path: Path) -> None:
    begin = int(time.time() - 86_400) // 3600 * 3600
    end, series = begin + (COUNT - 1) * STEP, samples()
    with history(tmp_path, series, begin) as prometheus:
        stretch = stretch_for(15.0, begin, end)
        replaced = to_inline(prometheus, ALERTS["Rate"].rests_on, stretch)
        found = [backtest(prometheus, one, stretch, replaced, lambda *_: None) for one in ALERTS.values()]

    assert list(replaced) == ["service:x:rate1m"]
    assert (stretch.points, stretch.end) == (COUNT, end)
    assert all(len(past.every) > 20 and len(past.fired) == 2 for past in found)
    assert judged(tmp_path, series, found, begin) == ""


def test_a_query_that_prometheus_refuses_is_told_with_its_reason(tmp_path: Path) -> None:
    begin = int(time.time() - 86_400) // 3600 * 3600
    with history(tmp_path, {"g": [1.0] * 10}, begin) as prometheus:
        with pytest.raises(HttpFailed, match="exceeded maximum resolution") as caught:
            prometheus.query_range("g", begin, begin + 86_000, 1)
        assert caught.value.status == 400
        with pytest.raises(HttpFailed, match="parse error"):
            prometheus.query_range("g +", begin, begin + 60, 15)
        assert prometheus.query("g", at=begin + 30)[0]["value"] == [begin + 30, "1"]
        assert "g" in prometheus.names(start=begin, end=begin + 60)
