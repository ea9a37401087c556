"""An engine that is restarted, killed, or out of room: one clear line meanwhile, and everything is back."""

from __future__ import annotations

import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from stack.runtimes.compose_file import MENDERS
from tests.compose_lab import SMALL, compose_lab
from tests.engine import docker
from tests.lab import until
from tests.own_engine import own_engine
from tests.scenarios.sabotage import sabotaged_deploy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.compose_lab import ComposeLab
    from tests.own_engine import OwnEngine

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

OLDEST = "min_over_time(timestamp(up{job='node'})[1h:1s])"
SMALL_DISK = "900m"

KILL_THE_ENGINE = """
def instead(*args, **kwargs):
    os.kill(int(os.environ["ENGINE"]), signal.SIGKILL)
    return real(*args, **kwargs)
"""


@pytest.fixture
def engine() -> Iterator[OwnEngine]:
    with own_engine() as made:
        yield made


@pytest.fixture
def small() -> Iterator[OwnEngine]:
    with own_engine(SMALL_DISK) as made:
        yield made


def test_all_is_back_with_its_data_after_the_engine_was_restarted(engine: OwnEngine, tmp_path: Path) -> None:
    with compose_lab(tmp_path) as lab:
        lab.invoke("deploy").ok()
        first = _oldest(lab)
        engine.end()
        assert lab.invoke("deploy").code == 20, "one line, no engine answers"
        engine.start()
        assert until(lambda: lab.containers().keys() == set(SMALL), 60.0), lab.containers()
        assert until(lab.serving, 60.0)
        assert _oldest(lab) <= first + 1, "its data was kept"

        killed = {*MENDERS, "node"}
        docker("kill", *(lab.container(service) for service in MENDERS))
        docker("kill", lab.container("node"))
        assert lab.containers().keys() == set(SMALL) - killed, "nobody is left to start them"
        engine.end()
        engine.start()
        assert until(lambda: lab.containers().keys() == set(SMALL), 60.0), lab.containers()

        lab.invoke("stop").ok()
        engine.end()
        engine.start()
        assert not until(lab.containers, 10.0)


def test_an_engine_that_is_killed_is_one_line_and_the_next_deploy_brings_all_back(
    engine: OwnEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with compose_lab(tmp_path) as lab:
        lab.invoke("deploy").ok()
        first = _oldest(lab)
        engine.end(signal.SIGKILL)
        said = lab.invoke("deploy")
        assert (said.code, "no Docker engine answers" in said.last) == (20, True), said.out + said.err
        engine.start()
        lab.invoke("deploy").ok()

        places = ("stack.runtimes.volumes.Volumes.publish", "stack.clients.compose.Compose._run")
        for number, where in enumerate(places):
            lab.environment(flags={"node": [f"--web.max-requests={40 + number}"]})
            assert engine.process is not None
            monkeypatch.setenv("ENGINE", str(engine.process.pid))
            said = sabotaged_deploy(lab, where, KILL_THE_ENGINE)
            assert said.code in {11, 20, 21}, said.out + said.err
            assert "engine" in said.last
            assert "Traceback" not in said.out + said.err
            engine.end(signal.SIGKILL)
            engine.start()
            lab.invoke("deploy").ok()
            assert lab.containers().keys() == set(SMALL), where
            assert lab.keepers() == [], where
            assert f"--web.max-requests={40 + number}" in lab.inspect("node")["Args"]
        assert _oldest(lab) <= first + 1, "its data was kept"


def test_a_full_disk_of_the_engine_is_one_line_and_the_old_release_serves_until_there_is_room(
    small: OwnEngine, tmp_path: Path
) -> None:
    with compose_lab(tmp_path) as lab:
        lab.invoke("deploy").ok()
        before = lab.containers()
        filler = small.folder / "data" / "filler"
        with filler.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(bytes(4096))
        lab.rule("Extra", "up > 7")
        said = lab.invoke("deploy")
        assert said.code == 21, said.out + said.err
        assert "no space left on device" in said.last
        assert "Traceback" not in said.out + said.err
        assert lab.get("prometheus", "/-/ready").ok
        assert "Extra" not in lab.get("prometheus", "/api/v1/rules").text
        assert lab.containers() == before

        filler.unlink()
        lab.invoke("deploy").ok()
        assert "Extra" in lab.get("prometheus", "/api/v1/rules").text
        assert lab.containers() == before, "nothing had to be started anew"
        assert until(lambda: lab.query("count_over_time(up{job='node'}[5s]) > 3"), 60.0), "it stores again"


def _oldest(lab: ComposeLab) -> float:
    """Say when the first sample was taken that is still there."""
    return float(lab.query(OLDEST)[0]["value"][1])
