"""Whatever is killed, and whenever: the live stack stays whole, and the next deploy heals."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import pytest

from tests.lab import until
from tests.scenarios.sabotage import killed_deploy

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration

CUTS = {
    "in render": "pipelines.stages.render.render_tree",
    "in validate": "pipelines.stages.validate._prove",
    "in plan": "pipelines.stages.plan._compare",
    "before anything is published": "stack.runtimes.shelf.Shelf.publish",
    "before the note": "stack.runtimes.shelf.Shelf.begin",
    "between the note and the flip": "stack.runtimes.layout.Layout.flip",
    "between the flip and the services": "stack.runtimes.activation._bring",
    "before the reload": "stack.runtimes.activation.reload",
    "before the note that it is active": "stack.runtimes.record.Record.ended",
    "in smoke": "pipelines.stages.smoke._ask_all",
    "before the note that it is proved": "stack.runtimes.record.Record.proven",
}


def test_a_first_deploy_killed_anywhere_is_healed_by_the_next(lab: Lab) -> None:
    for where in CUTS.values():
        assert killed_deploy(lab, where) == -signal.SIGKILL, where

    lab.invoke("deploy").ok()
    assert lab.state()["state"] == "proved"
    assert len(lab.processes()) == 9  # eight services and their supervisor, each once
    assert list((lab.root / "releases").glob(".*")) == []


@pytest.mark.timeout(600)  # a deploy for each place, and one that heals it
def test_a_change_killed_anywhere_is_healed_by_the_next(deployed: Lab) -> None:
    for number, (when, where) in enumerate(CUTS.items()):
        deployed.rule("Extra", f"up > {number}")
        assert killed_deploy(deployed, where) == -signal.SIGKILL, when
        live = deployed.root / "current" / "prometheus" / "prometheus.yml"
        assert live.exists(), when  # never half a release

        deployed.invoke("deploy").ok()
        rules = deployed.get("prometheus", "/api/v1/rules").text
        assert f"up \\u003e {number}" in rules, when
        assert len(deployed.processes()) == 9, when


def test_a_killed_supervisor_leaves_no_orphan_and_the_next_deploy_starts_all_again(deployed: Lab) -> None:
    os.kill(deployed.supervisor(), signal.SIGKILL)

    assert until(lambda: not deployed.processes(), 10.0)
    deployed.invoke("deploy").ok()
    assert len(deployed.processes()) == 9


def test_a_deploy_right_after_the_supervisor_was_killed_waits_for_the_ports(deployed: Lab) -> None:
    os.kill(deployed.supervisor(), signal.SIGKILL)
    deployed.invoke("deploy").ok()

    assert len(deployed.processes()) == 9


def test_a_killed_prometheus_is_back_by_itself_with_its_data(deployed: Lab) -> None:
    assert until(lambda: deployed.query("count_over_time(up{job='node'}[5m]) > 3"))
    pid = deployed.pid("prometheus")
    os.kill(pid, signal.SIGKILL)
    before = time.monotonic()

    def answers() -> bool:
        try:
            return deployed.get("prometheus", "/-/ready").ok and deployed.pid("prometheus") != pid
        except (OSError, StopIteration):
            return False

    assert until(answers, 5.0), f"not back after {time.monotonic() - before:.1f} s"
    assert deployed.query("count_over_time(up{job='node'}[5m]) > 3")
