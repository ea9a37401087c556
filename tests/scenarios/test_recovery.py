"""What goes wrong on the way is told in one line: the last good release stays, or comes back."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.lab import until
from tests.scenarios.sabotage import sabotaged_deploy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration


def test_a_release_that_breaks_a_target_is_taken_back_by_itself(deployed: Lab) -> None:
    good = deployed.live()
    job = {"job_name": "broken", "static_configs": [{"targets": ["127.0.0.1:9"]}]}
    deployed.environment(prometheus={"scrape_configs": [job]}, smoke_deadline="8s")
    said = deployed.invoke("deploy")

    assert said.code == 12
    assert "broken http://127.0.0.1:9/metrics is down" in said.out
    assert f"release {good} is back and proved" in said.out
    assert deployed.live() == good
    assert "broken" not in deployed.get("prometheus", "/api/v1/targets").text
    assert len(list((deployed.root / "releases").iterdir())) == 2  # the failed one is kept for study
    assert deployed.invoke("deploy.smoke").code == 0


SPOIL = """
def instead(shelf, release, tree):
    real(shelf, release, tree)
    rules = shelf.layout.releases / release / 'prometheus' / 'rules' / 'node.yml'
    if release != {good!r}: rules.write_text('groups: [')
"""


def test_a_reload_that_is_refused_is_taken_back(deployed: Lab) -> None:
    """What promtool cannot see: a file that is there when it looks, and gone when the server does."""
    good = deployed.live()
    job = {"job_name": "late", "static_configs": [{"targets": ["127.0.0.1:9"]}]}
    deployed.environment(
        prometheus={"scrape_configs": [job], "storage": {"tsdb": {"out_of_order_time_window": "10m"}}}
    )
    said = sabotaged_deploy(deployed, "stack.runtimes.shelf.Shelf.publish", SPOIL.format(good=good))

    assert said.code == 11, said.out
    assert "prometheus refused its configuration: 500" in said.out
    assert deployed.live() == good
    assert "late" not in deployed.get("prometheus", "/api/v1/status/config").text
    assert deployed.state()["state"] == "proved"


@pytest.fixture
def small(lab: Lab) -> Iterator[Path]:
    """The lab's folder on a disk of its own that can be filled."""
    lab.root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(lab.root)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield lab.root
    lab.invoke("stop")
    subprocess.run(["umount", "--lazy", str(lab.root)], check=True)


def fill(path: Path) -> None:
    """Write until the disk is full."""
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"0" * 4096)


def test_a_full_disk_is_one_line_and_the_live_stack_goes_on(lab: Lab, small: Path) -> None:
    lab.invoke("deploy").ok()
    good = lab.live()
    filler = small / "filler"
    fill(filler)
    lab.rule("Extra", "up == 0")
    said = lab.invoke("deploy")

    assert said.code == 11, said.out
    assert "No space left on device" in said.last
    assert lab.live() == good
    assert lab.get("prometheus", "/-/ready").ok
    filler.unlink()
    lab.invoke("deploy").ok()
    assert lab.live() != good


def test_an_interrupt_is_told_and_the_next_deploy_goes_on(lab: Lab) -> None:
    process = lab.start("deploy")
    assert until(lambda: (lab.root / "state.json").exists() and lab.state()["state"] == "active")
    assert until(lambda: lab.query("up")), "smoke waits: while it imports, Python may lose one"
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]

    assert process.returncode == 130
    assert said.strip().splitlines()[-1].startswith("interrupted")
    runs = json.loads(lab.invoke("runs", "--json").out)
    assert (runs[0]["result"], runs[0]["exit_code"]) == ("failed", 130)
    lab.invoke("deploy").ok()
