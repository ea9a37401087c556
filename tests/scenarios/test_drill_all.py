"""`alerts.drill --all`: a stack that is there for the drill alone, and nothing of it afterwards."""

from __future__ import annotations

import json
import signal
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.lab import until

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


def left() -> list[str]:
    """Name every process and folder of a throw-away stack."""
    prefix = f"{tempfile.gettempdir()}/monitoring-drill-"
    lines = []
    for process in psutil.process_iter():
        try:
            lines.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    folders = map(str, Path(tempfile.gettempdir()).glob("monitoring-drill-*"))
    return [*(line for line in lines if prefix in line), *folders]


def test_every_alert_is_told_each_inhibited_one_is_not_and_nothing_is_left(lab: Lab) -> None:
    began = time.monotonic()
    done = lab.invoke("alerts.drill", "--all", "--json", timeout=240)
    took = time.monotonic() - began
    said = json.loads(done.ok().out)

    assert took < 180
    assert left() == []
    assert not lab.root.exists()
    assert said["undrilled"] == []
    told = [one for one in said["drills"] if one["expected"] == "told"]
    quiet = [one for one in said["drills"] if one["expected"] != "told"]
    assert all(one["wrong"] == "" and one["told"].keys() == {"slack-dev"} for one in told)
    assert [(one["alert"], one["told"], one["wrong"]) for one in quiet] == [
        ("AetherlinkVerticalDataStale", {}, ""),
        ("AetherlinkVerticalScrapeSlow", {}, ""),
    ]
    down = next(one for one in told if one["alert"] == "AetherlinkVerticalServiceDown")
    assert 300 < down["with_the_real_intervals_seconds"] < 400


def test_an_alert_that_does_not_arrive_and_an_inhibited_one_that_does_are_failures(lab: Lab) -> None:
    route = {
        "receiver": "slack-dev",
        "group_wait": "1s",
        "group_interval": "5s",
        # Nobody is told of errors: whoever meant to take them has another environment's name.
        "routes": [{"matchers": ['alertname="AetherlinkVerticalScrapeErrors"'], "receiver": "nobody"}],
    }
    receivers = [
        {"name": "slack-dev", "webhook_configs": [{"url": "http://x.example.com/"}]},
        {"name": "nobody"},
    ]
    inhibition = {
        "source_matchers": ['alertname="AetherlinkVerticalServiceDown"', 'cause!="none"'],
        "target_matchers": ['alertname="AetherlinkVerticalDataStale"', 'cause="flood"'],
        "equal": ["service", "env"],
    }
    lab.environment(alertmanager={"route": route, "receivers": receivers, "inhibit_rules": [inhibition]})
    done = lab.invoke("alerts.drill", "--all", "--factor", "40", timeout=240)

    assert done.code == 1, done.out
    assert "AetherlinkVerticalDataStale (media): slack-dev told, though" in done.out
    assert left() == []


def test_a_drill_that_is_interrupted_leaves_nothing(lab: Lab) -> None:
    process = lab.start("alerts.drill", "--all")
    assert until(lambda: any("prometheus.yml" in line for line in left()), 60)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert until(lambda: left() == [], 10)


def test_a_drill_that_was_killed_is_cleared_away_by_the_next_one(lab: Lab) -> None:
    process = lab.start("alerts.drill", "--all")
    assert until(lambda: any("prometheus.yml" in line for line in left()), 60)
    process.kill()
    process.communicate(timeout=60)
    orphans = set(left())
    assert orphans

    again = lab.start("alerts.drill", "--all")
    assert until(lambda: not orphans & set(left()), 60)
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=60)
    assert until(lambda: left() == [], 10)


def test_what_cannot_be_drilled_is_refused_at_once(lab: Lab) -> None:
    assert "--all drills every alert by itself" in lab.invoke("alerts.drill", "X", "--all").last
    assert "--factor takes a number" in lab.invoke("alerts.drill", "--all", "--factor", "fast").last
    assert "nothing is deployed" in lab.invoke("alerts.drill").last
