"""Whatever is killed or cut off, and whenever: the containers are whole again, and their data is kept."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests

from stack.runtimes.compose_file import MENDERS
from tests.compose_lab import SMALL, compose_lab
from tests.doubles.cut_line import cut_line
from tests.engine import docker, house, socket_path
from tests.lab import until
from tests.scenarios.sabotage import killed_deploy, sabotaged_deploy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

CUTS = {
    "before anything is asked of the engine": "stack.runtimes.compose.Compose.activate",
    "before the volumes are filled": "stack.runtimes.volumes.Volumes.prepare",
    "between the secrets of two services": "stack.runtimes.volumes.Volumes.give_secrets",
    "before anything is published": "stack.runtimes.volumes.Volumes.publish",
    "before the flip": "stack.runtimes.volumes.Volumes.begin",
    "between the flip and the services": "stack.runtimes.compose_activation._bring",
    "before it is ready": "stack.runtimes.compose_activation.await_ready",
    "before the reload": "stack.runtimes.compose_activation.reload",
    "before the note that it is active": "stack.runtimes.volumes.Volumes.end",
    "in smoke": "pipelines.stages.smoke._ask_all",
    "before the note that it is proved": "stack.runtimes.volumes.Volumes.prove",
}

KILL_WITH_COMPOSE_AT_WORK = """
def instead(self, words, document, variables):
    import threading
    threading.Timer(0.7, os.kill, (os.getpid(), signal.SIGKILL)).start()
    real(self, words, document, variables)
"""

HANG_UP = """
def instead(*args, **kwargs):
    open(os.environ["CUT"], "w").close()
    import time
    time.sleep(1)
    return real(*args, **kwargs)
"""


HOLD = """
import fcntl, time
file = open("/v/lock", "ab")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
time.sleep(60)
"""


def test_every_crashed_service_is_back_by_itself(compose: ComposeLab) -> None:
    for service in SMALL:
        before = compose.inspect(service)
        os.kill(before["State"]["Pid"], signal.SIGKILL)
        assert until(partial(_is_back, compose, service, before), 20.0), service
    assert until(compose.serving, 60.0)


def test_every_service_that_is_killed_through_the_engine_is_back_by_itself_with_its_data(
    tmp_path: Path,
) -> None:
    with house() as others, compose_lab(tmp_path) as lab:
        discovery = {"docker": True, "networks": [others.network("shop")]}
        lab.environment(disable={"services": ["grafana"]}, discovery=discovery)
        lab.invoke("deploy").ok()
        services = sorted(lab.containers())
        assert {*SMALL, "discoverer", "pushgateway", "command_center", "blackbox"} <= set(services)
        first = _first_sample(lab)

        for number, service in enumerate(services):
            before = lab.inspect(service)
            docker("kill" if number % 4 else "stop", lab.container(service))
            assert until(partial(_is_back, lab, service, before), 30.0), service
            if service not in MENDERS:
                assert until(partial(_answers, lab, service), 60.0), service

        assert _first_sample(lab) == first, "its data was kept"
        lab.invoke("deploy.plan").ok()  # there is nothing to do
        assert "started " in lab.invoke("logs", "mender_a").ok().out

        lab.invoke("stop").ok()
        assert not until(lab.containers, 6.0), "what was stopped by us stays so"


def test_while_a_run_has_the_environment_nothing_is_mended_and_a_taken_port_is_one_line(
    compose: ComposeLab,
) -> None:
    before, port = compose.inspect("proxy"), compose.ports["proxy"]
    words = ("--rm", "-d", "--user", "0:0", "--entrypoint", "python3", "-v", f"{compose.project}_release:/v")
    run = docker("run", *words, compose.inspect("gate")["Config"]["Image"], "-c", HOLD)
    try:
        assert until(lambda: docker("logs", run) == "held", 20.0)
        docker("kill", compose.container("proxy"))
        assert not until(lambda: _is_back(compose, "proxy", before), 6.0)
        with socket.create_server(("", port)):
            docker("kill", run)
            told = f"cannot start {compose.container('proxy')}: "
            assert until(lambda: told in _logs(compose), 20.0)
            assert not _is_back(compose, "proxy", before)
            assert not until(lambda: _logs(compose).count(told) > len(MENDERS), 5.0), _logs(compose)
        assert until(lambda: _is_back(compose, "proxy", before), 60.0), "the port is free again"
    finally:
        subprocess.run(["docker", "rm", "-f", run], capture_output=True, check=False)
    assert until(compose.serving, 60.0)


def _logs(lab: ComposeLab) -> str:
    return "".join(lab.invoke("logs", mender).out for mender in MENDERS)


def _is_back(lab: ComposeLab, service: str, before: dict[str, Any]) -> bool:
    """Say whether a container runs again; it must be the same one."""
    now = lab.inspect(service)
    assert now["Id"] == before["Id"]
    return bool(now["State"]["Running"] and now["State"]["StartedAt"] != before["State"]["StartedAt"])


def _answers(lab: ComposeLab, service: str) -> bool:
    try:
        return lab.get(service, "/-/ready" if service != "proxy" else "").status_code < 500
    except requests.ConnectionError:
        return False


def _first_sample(lab: ComposeLab) -> str:
    """Give the moment of the oldest sample of the node exporter's being up."""
    asked = "min_over_time(timestamp(up{job='node'})[1h:1s])"
    assert until(lambda: lab.query(asked), 60.0)
    moment: str = lab.query(asked)[0]["value"][1]
    return moment


def test_what_was_removed_by_hand_is_made_again_by_the_next_deploy(compose: ComposeLab) -> None:
    gone = (*MENDERS, "sink")
    docker("rm", "-f", *(compose.container(service) for service in gone))
    docker("kill", compose.container("node"))
    assert compose.containers().keys() == set(SMALL) - {*gone, "node"}

    compose.invoke("deploy").ok()
    assert compose.containers().keys() == set(SMALL)


@pytest.mark.timeout(1800)  # a deploy for each place
def test_a_change_killed_anywhere_is_healed_by_the_next(compose: ComposeLab) -> None:
    for number, (when, where) in enumerate(CUTS.items()):
        compose.rule("Extra", f"up > {number}")
        assert killed_deploy(compose, where) == -signal.SIGKILL, when
        assert until(lambda: not compose.keepers(), 15.0), f"{when}: a keeper is left, and the lock with it"
        assert compose.serving(), when
    compose.invoke("deploy").ok()

    assert f"up \\u003e {number}" in compose.get("prometheus", "/api/v1/rules").text
    assert compose.containers().keys() == set(SMALL)


def test_a_deploy_killed_while_compose_makes_containers_is_healed(compose: ComposeLab) -> None:
    compose.environment(flags={"alertmanager": ["--log.level=warn"], "node": ["--log.level=warn"]})
    where = "stack.clients.compose.Compose._run"
    assert sabotaged_deploy(compose, where, KILL_WITH_COMPOSE_AT_WORK).code == -signal.SIGKILL

    compose.invoke("deploy").ok()
    assert compose.containers().keys() == set(SMALL)
    assert "--log.level=warn" in compose.inspect("alertmanager")["Args"]


def test_what_a_killed_compose_has_half_made_is_in_nobodys_way(compose: ComposeLab) -> None:
    made, name = compose.inspect("node")["Config"], compose.container("node")
    labels = [word for key, value in made["Labels"].items() for word in ("--label", f"{key}={value}")]
    docker("create", "--name", f"0123456789ab_{name}", *labels, made["Image"])

    compose.environment(flags={"node": ["--log.level=error"]})
    compose.invoke("deploy").ok()
    label = f"label=com.docker.compose.project={compose.project}"
    names = docker("ps", "-a", "--filter", label, "--format", "{{.Names}}").split()
    assert [one for one in names if "node" in one] == [name]
    assert "--log.level=error" in compose.inspect("node")["Args"]


@pytest.mark.parametrize(
    "where",
    [
        "stack.runtimes.volumes.Volumes.publish",
        "stack.clients.compose.Compose._run",
        "stack.runtimes.compose_activation.await_ready",
    ],
)
def test_an_engine_that_goes_away_in_the_middle_is_one_line_and_the_next_deploy_heals(
    compose: ComposeLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    compose.environment(flags={"node": [f"--log.level={'warn' if 'publish' in where else 'error'}"]})
    with cut_line(socket_path(), tmp_path / "s", tmp_path / "cut") as line:
        monkeypatch.setenv("DOCKER_HOST", f"unix://{line}")
        monkeypatch.setenv("CUT", str(tmp_path / "cut"))
        said = sabotaged_deploy(compose, where, HANG_UP)
    monkeypatch.delenv("DOCKER_HOST")

    assert said.code in {11, 20}, said.out + said.err
    assert "Traceback" not in said.out + said.err
    assert "engine" in said.last
    assert until(lambda: not compose.keepers(), 15.0)
    assert compose.serving()
    compose.invoke("deploy").ok()
    assert compose.containers().keys() == set(SMALL)
