"""What goes wrong with the engine, the file or the rights leaves the last targets, and is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import pytest

from tests.discovery.live import discoverer, prometheus
from tests.doubles.cut_off import CutOff
from tests.engine import docker, house, socket_path
from tests.lab import ROOT, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine import House

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def lodging() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture(autouse=True)
def _cleared(lodging: House) -> Iterator[None]:
    yield
    lodging.clear()


@pytest.fixture
def line(tmp_path: Path) -> CutOff:
    return CutOff(tmp_path / "engine.sock", socket_path())


def engine(tmp_path: Path) -> str:
    return f"unix://{tmp_path}/engine.sock"


def test_an_engine_that_is_away_for_a_while_keeps_its_targets_and_is_caught_up_with(
    lodging: House, tmp_path: Path, line: CutOff
) -> None:
    first = lodging.run("first", scrape="true", port="80")
    with (
        discoverer(tmp_path, engine=engine(tmp_path)) as found,
        prometheus(found.made, tmp_path) as watching,
    ):
        assert until(lambda: f"{first}:80" in watching.scraped(lodging.prefix), 40)
        assert found.metric("engine_up") == 1

        line.cut()
        assert until(lambda: found.metric("engine_up") == 0)
        second = lodging.run("second", scrape="true", port="80")
        assert until(lambda: found.metric("engine_failures_total") >= 3)
        assert found.targets(lodging.prefix).keys() == {f"{first}:80"}
        assert watching.scraped(lodging.prefix).keys() == {f"{first}:80"}
        refused = found.get("/containers")
        assert (refused.status_code, "is away" in refused.text) == (503, True)
        assert found.get("/-/healthy").ok
        assert found.get("/-/ready").ok

        docker("rm", "-f", first)
        line.mend()
        assert until(lambda: found.metric("engine_up") == 1)
        assert until(lambda: watching.scraped(lodging.prefix).keys() == {f"{second}:80"}, 40)
        assert found.metric("connections_total") == 2
        assert (
            found.log().count("; the last targets stay") <= 3
        )  # once for each reason, however often it is tried


def test_one_that_starts_before_its_engine_waits_for_it_and_keeps_what_it_once_found(
    lodging: House, tmp_path: Path
) -> None:
    (tmp_path / "discovered").mkdir()
    before = [{"targets": ["10.9.9.9:80"], "labels": {"instance": "old:80"}}]
    (tmp_path / "discovered" / "docker.json").write_text(json.dumps(before))
    name = lodging.run("early", scrape="true", port="80")
    with discoverer(tmp_path, engine=engine(tmp_path)) as found:
        assert found.groups() == before
        assert found.metric("engine_up") == 0
        CutOff(tmp_path / "engine.sock", socket_path())
        assert until(lambda: found.targets(lodging.prefix).keys() == {f"{name}:80"})
        assert "old:80" not in found.targets("")


def test_one_that_is_killed_while_it_writes_leaves_a_whole_file_and_the_next_one_goes_on(
    lodging: House, tmp_path: Path
) -> None:
    for number in range(6):
        lodging.run(f"k{number}", 80, 81, scrape="true", port="80, 81")
    for attempt in range(5):
        with discoverer(tmp_path) as found:
            assert until(partial(found.targets, lodging.prefix))
            churn = subprocess.Popen(
                ["docker", "restart", "-t", "0", lodging.name("k0")], stdout=subprocess.PIPE
            )
            time.sleep(0.05 * attempt)
            os.kill(found.pid, signal.SIGKILL)
            assert len(found.targets(lodging.prefix)) in {10, 12}
            churn.communicate()
    with discoverer(tmp_path) as found:
        assert until(lambda: len(found.targets(lodging.prefix)) == 12)
        assert [path.name for path in (tmp_path / "discovered").iterdir()] == ["docker.json"]


def test_targets_that_cannot_be_written_are_counted_and_written_once_they_can(
    lodging: House, tmp_path: Path
) -> None:
    (tmp_path / "discovered" / "docker.json").mkdir(parents=True)
    with discoverer(tmp_path) as found:
        name = lodging.run("late", scrape="true", port="80")
        assert until(lambda: found.metric("write_failures_total") >= 1)
        assert "the targets could not be written, the old ones stay" in found.log()
        assert found.metric("engine_up") == 1

        (tmp_path / "discovered" / "docker.json").rmdir()
        lodging.run("later")
        assert until(lambda: f"{name}:80" in found.targets(lodging.prefix))


WITHOUT_RIGHTS = """
import os, sys
from stack.exporters.discoverer.__main__ import main
os.setgroups([]), os.setgid(65534), os.setuid(65534)
sys.exit(main(["--env=lab", "--listen=127.0.0.1:0", f"--engine=unix://{sys.argv[1]}"]))
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give its rights away")
def test_who_may_not_use_the_socket_is_told_so_and_nothing_runs() -> None:
    words = [sys.executable, "-c", WITHOUT_RIGHTS, socket_path()]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr == (
        f"discoverer: may not use unix://{socket_path()}: Permission denied; "
        "let this user into the socket's group, or set `discovery.docker: false`\n"
    )
