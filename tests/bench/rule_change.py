"""A change of one rule until it is loaded and verified, beside the tools that judge it and one reload."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import requests

from tests.bench.judges import Judges
from tests.bench.row import Row
from tests.bench.timing import timed
from tests.bench.usual import usual_lab

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

__all__ = ["measure"]

RUNS = 5
NAME = "QueueLong"


def measure() -> Iterator[Row]:
    """Change the threshold of one alert, and deploy."""
    with usual_lab() as lab:
        _write(lab, 0)
        lab.invoke("deploy").ok()
        judges = Judges.of(lab)
        rounds = [_once(lab, judges, threshold) for threshold in range(1, RUNS + 1)]
    verified, loaded, floors = zip(*rounds, strict=True)
    beside = "promtool check config and test rules, amtool check-config, one reload"
    yield Row("one rule, until it is loaded", loaded, floors, beside)
    yield Row("one rule, until it is verified", verified, floors, beside)


def _once(lab: Lab, judges: Judges, threshold: int) -> tuple[float, float, float]:
    """Give the seconds of a deploy, those until its smoke test began, and the floor's."""
    _write(lab, threshold)
    verified = timed(lambda: lab.invoke("deploy").ok())
    return verified, verified - _smoke(lab), timed(lambda: _by_hand(lab, judges))


def _write(lab: Lab, threshold: int) -> None:
    lab.rule(NAME, f"jobs_waiting > {threshold}")
    (lab.site / "rules" / "tests" / f"{NAME}_test.yml").write_text(json.dumps(_test()))


def _test() -> dict[str, Any]:
    """Expect the alert to fire on a long queue, and not on an empty one."""

    def queue(length: int, **expected: Any) -> dict[str, Any]:
        case = {"alertname": NAME, "eval_time": "1m", **expected}
        series = {"series": "jobs_waiting", "values": f"{length}x4"}
        return {"interval": "15s", "input_series": [series], "alert_rule_test": [case]}

    fired = {
        "exp_labels": {"severity": "info"},
        "exp_annotations": {
            "summary": "a",
            "description": "b",
            "runbook_url": "docs/runbooks/Watchdog.md",
        },
    }
    return {"rule_files": [f"../{NAME}.yml"], "tests": [queue(99, exp_alerts=[fired]), queue(0)]}


def _smoke(lab: Lab) -> float:
    newest = max((lab.var / "runs").glob("*-deploy-*.json"))
    stages = {stage["stage"]: stage["seconds"] for stage in json.loads(newest.read_bytes())["stages"]}
    return float(stages["smoke"])


def _by_hand(lab: Lab, judges: Judges) -> None:
    tree: Path = lab.root / "current"
    judges.check_prometheus(tree)
    judges.test_rules(lab.site / "rules" / "tests" / f"{NAME}_test.yml")
    judges.check_alertmanager(tree)
    requests.post(f"http://127.0.0.1:{lab.ports['prometheus']}/-/reload", timeout=30).raise_for_status()
