"""`alerts.drill --all`: a stack that is there for the drill alone, and nothing of it afterwards."""

from __future__ import annotations

import json
import signal
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.lab import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Lab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]


@pytest.fixture
def scratch(lab: Lab) -> Path:
    """Give the folder of this test's temporary files: throw-away stacks of others lie elsewhere."""
    folder = lab.folder / "scratch"
    folder.mkdir()
    return folder


def left(scratch: Path) -> list[str]:
    """Name every process and folder of a throw-away stack."""
    lines = []
    for process in psutil.process_iter():
        try:
            lines.append(" ".join(process.cmdline()))
        except psutil.Error:
            continue
    return [*(line for line in lines if f"{scratch}/" in line), *map(str, scratch.glob("monitoring-drill-*"))]


@pytest.mark.alone
def test_every_alert_is_told_each_inhibited_one_is_not_and_nothing_is_left(lab: Lab, scratch: Path) -> None:
    began = time.monotonic()
    done = lab.invoke("alerts.drill", "--all", "--json", timeout=240, TMPDIR=str(scratch))
    took = time.monotonic() - began
    said = json.loads(done.ok().out)

    assert took < 180
    assert left(scratch) == []
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


@pytest.mark.alone
def test_an_alert_that_does_not_arrive_and_an_inhibited_one_that_does_are_failures(
    lab: Lab, scratch: Path
) -> None:
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
    done = lab.invoke("alerts.drill", "--all", "--factor", "40", timeout=240, TMPDIR=str(scratch))

    assert done.code == 1, done.out
    assert "AetherlinkVerticalDataStale (media): slack-dev told, though" in done.out
    assert left(scratch) == []


def test_a_drill_that_is_interrupted_leaves_nothing(lab: Lab, scratch: Path) -> None:
    process = lab.start("alerts.drill", "--all", TMPDIR=str(scratch))
    assert until(lambda: any("prometheus.yml" in line for line in left(scratch)), 60)
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=60)

    assert process.returncode == 130, said
    assert until(lambda: left(scratch) == [], 10)


def test_a_drill_that_was_killed_is_cleared_away_by_the_next_one(lab: Lab, scratch: Path) -> None:
    process = lab.start("alerts.drill", "--all", TMPDIR=str(scratch))
    assert until(lambda: any("prometheus.yml" in line for line in left(scratch)), 60)
    process.kill()
    process.communicate(timeout=60)
    orphans = set(left(scratch))
    assert orphans

    again = lab.start("alerts.drill", "--all", TMPDIR=str(scratch))
    assert until(lambda: not orphans & set(left(scratch)), 60)
    again.send_signal(signal.SIGTERM)
    again.communicate(timeout=60)
    assert until(lambda: left(scratch) == [], 10)


def test_what_cannot_be_drilled_is_refused_at_once(lab: Lab) -> None:
    assert "--all drills every alert by itself" in lab.invoke("alerts.drill", "X", "--all").last
    assert "--factor takes a number" in lab.invoke("alerts.drill", "--all", "--factor", "fast").last
    assert "nothing is deployed" in lab.invoke("alerts.drill").last
