"""`upgrade.check` on a live stack: what runs is asked itself, and so is the program that is wanted."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration


def asked(lab: Lab, *words: str) -> tuple[int, dict[str, Any], list[str]]:
    """Give the exit code, the document, and each problem as severity and place."""
    said = lab.invoke("upgrade.check", "--json", *words)
    document = json.loads(said.out)
    return said.code, document, [f"{one['severity']} {one['where']}" for one in document["problems"]]


def remember(lab: Lab, result: str, hours: float) -> None:
    began = time.time() - hours * 3600
    record = {"task": "backup", "environment": "local", "began": began, "result": result, "stages": []}
    moment = time.strftime("%Y%m%dT%H%M%S.000000Z", time.gmtime(began))
    (lab.var / "runs" / f"{moment}-local-backup-1.json").write_text(json.dumps(record))


def test_what_runs_is_compared_with_what_is_wanted(deployed: Lab) -> None:
    code, document, problems = asked(deployed)
    running = {one["program"]: one["running"] for one in document["programs"]}
    assert (code, problems) == (0, [])
    assert running["prometheus"].startswith("3.5.3")
    assert running["alertmanager"] == "0.33.1"
    assert all(running.values())

    older = ("--set", "versions.prometheus=2.50.0", "--set", "binaries.sources=[path]")
    code, document, problems = asked(deployed, *older)
    assert code == 4
    floor = [one for one in document["problems"] if "2.55 is the oldest that reads it" in one["summary"]]
    assert [one["severity"] for one in floor] == ["error"]
    assert "warning backup" in problems

    remember(deployed, "passed", hours=30)
    remember(deployed, "failed", hours=1)
    *_, problems = asked(deployed, *older)
    assert "error backup" in problems
    remember(deployed, "passed", hours=20)
    *_, problems = asked(deployed, *older)
    assert not any("backup" in line for line in problems)


def test_a_flag_that_the_wanted_one_does_not_know_is_told(lab: Lab) -> None:
    lab.environment(flags={"prometheus": ["--storage.tsdb.retention=15d"], "node": ["--collector.nope"]})
    said = lab.invoke("upgrade.check")

    assert said.code == 4
    assert "does not start with --storage.tsdb.retention=15d: unknown flag" in said.out
    assert "(take it out of `flags.node`)" in said.out
    assert said.last == "2 problem(s) found; nothing was changed"
    assert not (lab.root / "releases").exists()
