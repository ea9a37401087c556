"""Whatever is killed, taken or full: the live stack stays, and the next deploy heals."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.lab import ROOT, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration

CUTS = {
    "in render": "pipelines.stages.render.render_tree",
    "in validate": "pipelines.stages.validate._prove",
    "in plan": "pipelines.stages.plan._compare",
    "before anything is published": "stack.runtimes.activation._publish",
    "before the note": "stack.runtimes.activation._begin",
    "between the note and the flip": "stack.runtimes.layout.Layout.flip",
    "between the flip and the services": "stack.runtimes.activation._bring",
    "before the reload": "stack.runtimes.activation._reload",
    "before the note that it is active": "stack.runtimes.record.Record.ended",
    "in smoke": "pipelines.stages.smoke._ask_all",
    "before the note that it is proved": "stack.runtimes.record.Record.proven",
}

KILLER = """
import importlib, os, signal, sys
path = sys.argv.pop(1)
parts = path.split(".")
for cut in range(len(parts) - 1, 0, -1):
    try:
        owner = importlib.import_module(".".join(parts[:cut]))
        break
    except ModuleNotFoundError:
        continue
for name in parts[cut:-1]:
    owner = getattr(owner, name)
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
assert hasattr(owner, parts[-1]), path
setattr(owner, parts[-1], die)
from invoke.main import program
sys.argv[0] = "invoke"
program.run()
"""


def killed_deploy(lab: Lab, where: str) -> int:
    """Run a deploy that is killed with SIGKILL as it comes to a function."""
    done = subprocess.run(
        [sys.executable, "-c", KILLER, where, "deploy"],
        cwd=ROOT,
        env=lab.variables(),
        capture_output=True,
        timeout=120,
        check=False,
    )
    return done.returncode


def test_a_first_deploy_killed_anywhere_is_healed_by_the_next(lab: Lab) -> None:
    for where in CUTS.values():
        assert killed_deploy(lab, where) == -signal.SIGKILL, where

    lab.invoke("deploy").ok()
    assert lab.state()["state"] == "proved"
    assert len(lab.processes()) == 9  # eight services and their supervisor, each once
    assert list((lab.root / "releases").glob(".*")) == []


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


def test_two_deploys_at_once_never_both_change_the_stack(deployed: Lab) -> None:
    deployed.rule("Extra", "up == 0")
    both = [deployed.start("deploy"), deployed.start("deploy")]
    said = [process.communicate(timeout=120)[0] for process in both]
    codes = sorted(process.returncode for process in both)

    assert codes[0] == 0, said
    assert codes[1] in {0, 8, 9}, said
    if codes[1] == 8:
        assert any("another run is changing environment local: deploy (pid" in text for text in said)
    assert len(deployed.processes()) == 9
    assert deployed.state()["state"] == "proved"


@pytest.fixture
def taken(lab: Lab) -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", lab.ports["alertmanager"]))
        server.listen()
        yield lab.ports["alertmanager"]


def test_a_taken_port_is_refused_with_its_owner_before_anything_starts(lab: Lab, taken: int) -> None:
    said = lab.invoke("deploy")

    assert said.code == 7
    name = psutil.Process().name()
    assert f"port {taken}, which alertmanager needs, is taken by {name} (pid {os.getpid()})" in said.last
    assert lab.processes() == []
    assert not (lab.root / "current").exists()


def test_a_foreign_process_on_our_port_is_no_proof(deployed: Lab) -> None:
    deployed.invoke("stop").ok()
    argv = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(deployed.ports["sink"])]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as stranger:
        try:
            assert until(lambda: psutil.Process(stranger.pid).net_connections())
            said = deployed.invoke("start")
        finally:
            stranger.kill()

    assert said.code == 7
    assert f"(pid {stranger.pid})" in said.last


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


def test_a_reload_that_is_refused_is_taken_back(deployed: Lab) -> None:
    """What promtool cannot see: a file that is there when it looks, and gone when the server does."""
    good = deployed.live()
    job = {"job_name": "late", "static_configs": [{"targets": ["127.0.0.1:9"]}]}
    deployed.environment(
        prometheus={"scrape_configs": [job], "storage": {"tsdb": {"out_of_order_time_window": "10m"}}}
    )
    script = KILLER.replace("os.kill(os.getpid(), signal.SIGKILL)", "raise SystemExit").replace(
        "setattr(owner, parts[-1], die)",
        "real = getattr(owner, parts[-1])\n"
        "def spoil(native, release):\n"
        "    real(native, release)\n"
        "    rules = native.layout.releases / release.id / 'prometheus' / 'rules' / 'node.yml'\n"
        f"    if release.id != {good!r}: rules.write_text('groups: [')\n"
        "setattr(owner, parts[-1], spoil)",
    )
    done = subprocess.run(
        [sys.executable, "-c", script, "stack.runtimes.activation._publish", "deploy"],
        cwd=ROOT,
        env=deployed.variables(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 11, done.stdout
    assert "prometheus refused its configuration: 500" in done.stdout
    assert deployed.live() == good
    assert "late" not in deployed.get("prometheus", "/api/v1/status/config").text
    assert deployed.state()["state"] == "proved"


@pytest.fixture
def small(lab: Lab) -> Iterator[Path]:
    """The lab's folder on a disk of its own that can be filled."""
    lab.root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(lab.root)]
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
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=60)[0]

    assert process.returncode == 130
    assert said.strip().splitlines()[-1].startswith("interrupted")
    runs = json.loads(lab.invoke("runs", "--json").out)
    assert (runs[0]["result"], runs[0]["exit_code"]) == ("failed", 130)
    lab.invoke("deploy").ok()
