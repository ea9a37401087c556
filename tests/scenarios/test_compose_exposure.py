"""What the containers show to the outside: one door, and no secret."""

from __future__ import annotations

import subprocess
from base64 import b64encode
from typing import TYPE_CHECKING

import pytest
import requests

from stack.assemble import ports, services
from tests.compose_lab import SMALL
from tests.engine import docker, house
from tests.lab import free_ports

if TYPE_CHECKING:
    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(600)]

READ = """
import pathlib
for path in pathlib.Path("/v/releases").rglob("*"):
    if path.is_file():
        print(path, path.read_text())
"""
CONNECT = """
import socket, sys
try:
    socket.create_connection((sys.argv[1], int(sys.argv[2])), 3).close()
    print("open")
except OSError:
    print("closed")
"""
PORTS = {"prometheus": 9090, "alertmanager": 9093, "sink": 9095, "node": 9100}


def test_only_the_proxy_publishes_a_port(compose: ComposeLab) -> None:
    published = {name: compose.inspect(name)["NetworkSettings"]["Ports"] or {} for name in SMALL}
    doors = {name: [port for port, hosts in ports.items() if hosts] for name, ports in published.items()}

    assert {name for name, ports in doors.items() if ports} == {"proxy"}
    assert doors["proxy"] == [f"{compose.ports['proxy']}/tcp"]


def test_services_that_are_published_on_loopback_answer_there_and_nowhere_else(compose: ComposeLab) -> None:
    given = dict(zip(sorted(ports(services())), free_ports(), strict=False)) | compose.ports
    compose.environment(doors="loopback", ports=given)
    compose.invoke("deploy").ok()

    assert requests.get(f"http://127.0.0.1:{given['prometheus']}/-/ready", timeout=5).ok
    published = [compose.inspect(name)["NetworkSettings"]["Ports"] or {} for name in SMALL]
    hosts = {host["HostIp"] for ports in published for found in ports.values() for host in found or ()}
    assert hosts == {"127.0.0.1"}
    assert compose.invoke("security.audit").ok()


def test_an_audit_of_the_live_stack_finds_nothing_and_a_container_with_too_many_rights(
    compose: ComposeLab,
) -> None:
    said = compose.invoke("security.audit").ok()
    assert "containers" in said.out

    labels = [f"monitoring.environment={compose.project}", "monitoring.service=sink"]
    words = [word for label in labels for word in ("--label", label)]
    with house() as made:
        docker("run", "-d", "--name", made.name("rogue"), *words, made.image, "/bin/serve", "80")
        said = compose.invoke("security.audit")
    assert said.code == 1
    assert "rogue: may gain privileges" in said.out


def test_no_container_of_another_network_reaches_a_service(compose: ComposeLab) -> None:
    inspected = {name: compose.inspect(name)["NetworkSettings"]["Networks"].values() for name in PORTS}
    with house() as made:
        network = made.network("foreign")
        web = made.run("web", 80, flags=("--network", network))
        assert _reaches(compose, network, web, 80), "the way within this network is open"
        for name, joined in inspected.items():
            for one in joined:
                assert not _reaches(compose, network, one["IPAddress"], PORTS[name]), name


def test_prometheus_answers_nobody_on_the_network_of_the_exporters(compose: ComposeLab) -> None:
    services = f"{compose.project}_services"
    assert _reaches(compose, services, "node", 9100), "the way within this network is open"

    joined = compose.inspect("prometheus")["NetworkSettings"]["Networks"].values()
    for host in ["prometheus", "prometheus.core", *(one["IPAddress"] for one in joined)]:
        assert not _reaches(compose, services, host, 9090), host


def test_no_secret_is_in_what_the_engine_shows_or_in_a_rendered_file(compose: ComposeLab) -> None:
    found = {path.name: path.read_bytes() for path in (compose.root / "secrets").iterdir() if path.is_file()}
    shown = {name: docker("inspect", compose.container(name)) for name in SMALL}
    shown |= {f"log of {name}": _log(compose.container(name)) for name in SMALL}
    shown |= {"releases": compose.inside("release", READ)}

    assert "deploy_token" in found
    assert "prometheus.yml" in shown["releases"]
    for secret, value in found.items():
        forms = (value.strip(), b64encode(value))
        told = [where for where, text in shown.items() if any(form in text.encode() for form in forms)]
        assert told == [], secret


def _reaches(lab: ComposeLab, network: str, host: str, port: int) -> bool:
    """Say whether a connection from a container on a network succeeds."""
    image = lab.inspect("gate")["Config"]["Image"]
    words = ("run", "--rm", "--network", network, "--entrypoint", "python3", image, "-c", CONNECT)
    return docker(*words, host, str(port)) == "open"


def _log(container: str) -> str:
    done = subprocess.run(["docker", "logs", container], capture_output=True, text=True, check=True)
    return done.stdout + done.stderr
