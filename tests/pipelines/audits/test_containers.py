"""Each right that a container has too many is found, in what the engine would say of it."""

from __future__ import annotations

from copy import deepcopy
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.audits.containers import AUDIT, faults
from stack.assemble import services
from stack.runtimes.compose_file import MENDING, SERVICE
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path

SAFE: dict[str, Any] = {
    "Name": "/lab-1",
    "Config": {"User": "65534:65534", "Labels": {SERVICE: "sink"}, "Env": ["PATH=/bin"]},
    "HostConfig": {
        "Privileged": False,
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "SecurityOpt": ["no-new-privileges:true"],
        "NetworkMode": "monitoring-lab_services",
        "PidMode": "",
        "Memory": 268435456,
        "NanoCpus": 1000000000,
        "PidsLimit": 200,
        "LogConfig": {"Type": "json-file", "Config": {"max-size": "10m"}},
    },
    "Mounts": [{"Type": "volume", "Source": "/var/lib/docker/volumes/x"}],
}
SOCKET = {"Type": "bind", "Source": "/var/run/docker.sock"}


def changed(path: str, value: object) -> dict[str, Any]:
    """Give what the engine says of a container that differs in one value."""
    made = deepcopy(SAFE)
    section, _, key = path.rpartition(".")
    (made[section] if section else made)[key] = value
    return made


def labelled(service: str) -> dict[str, Any]:
    """Give what the engine says of a container of a service."""
    return changed("Config.Labels", {SERVICE: service})


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("Config.User", "", "runs as root"),
        ("Config.User", "0:0", "runs as root"),
        ("HostConfig.Privileged", True, "is privileged"),
        ("HostConfig.ReadonlyRootfs", False, "may write to its own root"),
        ("HostConfig.CapDrop", None, "keeps the engine's usual capabilities"),
        ("HostConfig.SecurityOpt", None, "may gain privileges"),
        ("HostConfig.NetworkMode", "host", "is on the host's network"),
        ("HostConfig.PidMode", "host", "sees the host's processes"),
        ("Mounts", [SOCKET], "may speak to the engine"),
        ("HostConfig.Memory", 0, "has no limit of memory"),
        ("HostConfig.NanoCpus", 0, "has no limit of processors"),
        ("HostConfig.PidsLimit", None, "has no limit of processes"),
        ("HostConfig.LogConfig", {"Type": "json-file", "Config": {}}, "has a log without an end"),
    ],
)
def test_one_right_too_many_is_one_fault(path: str, value: object, said: str) -> None:
    sink = services()["sink"].container

    assert list(faults(sink, SAFE)) == []
    assert list(faults(sink, changed(path, value))) == [said]


def test_what_a_service_is_there_for_is_no_fault() -> None:
    assert list(faults(services()["discoverer"].container, changed("Mounts", [SOCKET]))) == []


def test_who_runs_pipelines_is_whoever_deploys_and_that_may_be_root() -> None:
    own = changed("Mounts", [SOCKET]) | {"Config": {"User": "0:0"}}
    assert list(faults(services()["backup"].container, own)) == []


def test_a_mender_may_speak_to_the_engine_and_to_nobody_else() -> None:
    alone = changed("HostConfig.NetworkMode", "none") | {"Mounts": [SOCKET]}

    assert list(faults(MENDING, alone)) == []
    assert list(faults(MENDING, SAFE)) == ["is on a network"]


def test_a_secret_that_the_engine_shows_is_found_and_a_container_of_nobody(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "word").write_text("made-up-value")
    runtime = SimpleNamespace(
        folder=tmp_path,
        inspected=lambda: (
            changed("Config.Env", ["WORD=made-up-value"]),
            labelled("nobody"),
            labelled("mender_a"),
        ),
    )
    outside: Any = SimpleNamespace(runtime=runtime, stack=SimpleNamespace(services=services()))
    found = [f"{problem.where}: {problem.summary}" for problem in AUDIT.run(outside)]

    assert found == [
        "lab-1: shows the value of secret word",
        "lab-1: belongs to no service",
        "lab-1: is on a network",
    ]
    assert effects(tmp_path).runtime.inspected() == ()
