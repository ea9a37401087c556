"""The Compose file of every shipped environment, and of one with awkward values."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from stack.assemble import services
from stack.discovery import Discovery
from stack.emit import from_yaml
from stack.images import image
from stack.load import load
from stack.runtimes.compose_file import (
    MENDERS,
    PATH,
    SOCKET,
    SOCKET_GROUP,
    SOCKET_PLACE,
    compose_file,
    fingerprint_variable,
)
from stack.runtimes.invoking import given
from stack.service import Stack
from tests.lab import ROOT

if TYPE_CHECKING:
    from pathlib import Path

ENVIRONMENTS = ("dev", "staging", "prod")


def stack(name: str = "dev", **changes: Any) -> Stack:
    environment = load(name).environment.model_copy(update={"runtime": "compose", **changes})
    every = services()
    return Stack(environment, every, every)


def document(name: str = "dev", **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = from_yaml(compose_file(stack(name, **changes))[PATH])
    return made


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_no_container_may_do_what_it_need_not(name: str) -> None:
    for service, made in document(name)["services"].items():
        assert made["cap_drop"] == ["ALL"], service
        assert made["read_only"] is True, service
        assert made["security_opt"] == ["no-new-privileges:true"], service
        assert made["restart"] == ("always" if service in MENDERS else "unless-stopped"), service
        assert {"mem_limit", "cpus", "pids_limit", "logging"} <= made.keys(), service
        assert made["user"].partition(":")[0] != "0", service


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_behind_the_proxy_nothing_else_of_the_stack_is_published(name: str) -> None:
    made = document(name, doors="proxy")["services"]
    assert [service for service, one in made.items() if "ports" in one] == [
        service.name for service in services().values() if service.container.published
    ]
    assert "prometheus" not in [service for service, one in made.items() if "ports" in one]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_who_may_speak_to_the_engine_has_its_group_and_menders_are_on_no_network(name: str) -> None:
    made = document(name)["services"]
    speak = {service for service, one in made.items() if f"${{{SOCKET_PLACE}}}:{SOCKET}" in one["volumes"]}

    assert speak >= set(MENDERS)
    assert speak == {service for service, one in made.items() if "group_add" in one}
    assert [made[service]["network_mode"] for service in MENDERS] == ["none", "none"]
    assert all("networks" not in made[service] and "ports" not in made[service] for service in MENDERS)


def test_on_loopback_every_port_is_bound_to_it() -> None:
    ports = [port for one in document(doors="loopback")["services"].values() for port in one.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_prometheus_listens_only_on_a_network_that_no_exporter_is_on() -> None:
    made = document(doors="proxy")
    prometheus = made["services"]["prometheus"]
    [own] = [name for name, joined in prometheus["networks"].items() if joined.get("aliases")]
    alias = prometheus["networks"][own]["aliases"][0]

    assert any(word.startswith(f"--web.listen-address={alias}:") for word in prometheus["command"])
    assert own not in made["services"]["node"]["networks"]
    assert made["networks"][own] == {"internal": True}


def test_a_dollar_of_an_argument_is_none_of_composes_variables() -> None:
    made = document(flags={"prometheus": ["--web.page-title=${HOME} $x $$"]})["services"]["prometheus"]
    assert "--web.page-title=$${HOME} $$x $$$$" in made["command"]


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_what_is_mounted_is_ours_and_each_service_sees_only_its_own_secrets(name: str) -> None:
    for service, made in document(name)["services"].items():
        mounted = [mount.partition(":")[0] for mount in made["volumes"] if isinstance(mount, str)]
        own = [f"secrets-{service}"] if service not in MENDERS else []
        assert [volume for volume in mounted if volume.startswith("secrets-")] == own
        assert "vault" not in mounted, "nobody sees all secrets"
        assert [volume for volume in mounted if volume.startswith("data-")] in ([], [f"data-{service}"])


def test_the_folder_of_targets_is_shown_to_prometheus_alone_and_cannot_be_written() -> None:
    discovery = Discovery.model_validate({"folder": "/srv/targets", "files": ["*.json"]})
    made = document(discovery=discovery)["services"]
    mounted = {name: [mount for mount in one["volumes"] if "/srv" in mount] for name, one in made.items()}
    assert {name: mounts for name, mounts in mounted.items() if mounts} == {
        "prometheus": ["/srv/targets:/targets:ro"]
    }


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_images_are_the_projects_own_pinned_to_a_version_or_ours(name: str) -> None:
    for service, made in document(name, images="official")["services"].items():
        program = services()[service].program if service in services() else None
        assert made["image"].startswith(image(program.name).repository if program else "monitoring/"), service
        assert re.search(r":[^/:]*\d", made["image"]), "a tag that names a version"


@pytest.mark.integration
@pytest.mark.parametrize("name", ENVIRONMENTS)
@pytest.mark.parametrize("doors", ["proxy", "loopback"])
def test_compose_itself_takes_every_file(name: str, doors: str, tmp_path: Path) -> None:
    found = sorted((ROOT / "var" / "cache").glob("[!.]*/**/cli-plugins/docker-compose"))
    program = shutil.which("docker-compose") or (str(found[-1]) if found else None)
    if program is None:
        pytest.skip("there is no Docker Compose here yet; a deploy of a Compose environment fetches it")
    made = stack(name, doors=doors, flags={"prometheus": ["--web.page-title=$x"]})
    file = tmp_path / "compose.yaml"
    file.write_bytes(compose_file(made)[PATH])
    named = {fingerprint_variable(one): "f" for one in (*made.services, *MENDERS)}
    variables = {**named, SOCKET_PLACE: SOCKET, SOCKET_GROUP: "1", **given(tmp_path / name)}
    done = subprocess.run(
        [program, "--project-name", "fltconfig", "--file", file, "config"],
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "is not set" not in done.stderr
    assert "--web.page-title=$$x" in done.stdout, "printed as Compose would have to read it again"
