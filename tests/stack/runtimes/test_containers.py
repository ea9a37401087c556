"""What tells one container from another, and how the engine's own words are read."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from docker.errors import APIError, ImageNotFound, NotFound

from stack.emit import to_yaml
from stack.errors import EngineRefused
from stack.runtimes import containers
from stack.runtimes.compose_file import PATH
from stack.runtimes.containers import Seen, _moment, end, fingerprints, remove_networks, seen
from stack.runtimes.process_table import process_table
from stack.service import Process, Service, Stack
from stack.tree import Tree
from tests.stack.runtimes.test_compose_file import stack

if TYPE_CHECKING:
    from docker import DockerClient

BINDINGS = {"PortBindings": {"8443/tcp": [{"HostIp": "", "HostPort": "8443"}], "9095/tcp": None}}
MADE = {"image": "prometheus:1", "labels": {}, "command": ["--a"]}


class Engine:
    """Answers as an engine's API does, for the few calls that are made here."""

    def __init__(self, images: dict[str, str], containers: dict[str, Any] | None = None) -> None:
        self.api = self
        self.images = self
        self.known, self.found = images, containers or {}
        self.done: list[str] = []

    def get(self, reference: str) -> SimpleNamespace:
        if reference not in self.known:
            raise ImageNotFound("no such image")
        return SimpleNamespace(attrs={"Id": self.known[reference]})

    def containers(self, **_: object) -> list[dict[str, str]]:
        return [{"Id": name} for name in self.found]

    def stop(self, name: str) -> None:
        self.done.append(f"stop {name}")

    def remove_container(self, name: str, *, force: bool) -> None:
        assert force
        self.done.append(f"remove {name}")

    def inspect_container(self, name: str) -> dict[str, Any]:
        if self.found[name] is None:
            raise NotFound("no such container")
        facts: dict[str, Any] = self.found[name]
        return facts


def fingerprint(
    made: dict[str, Any] = MADE,
    image: str = "sha256:1",
    start: bytes = b"1",
    other: bytes = b"",
    folder: str = "",
) -> str:
    service = Service("alpha", "a", 1, lambda _: Process(("x",), reads=("alpha/start.yml",)))
    small = Stack(stack().environment, {"alpha": service}, {"alpha": service})
    files = {
        PATH: to_yaml({"services": {"alpha": made}}),
        "alpha/start.yml": start,
        "alpha/reloaded.yml": other,
    }
    engine: DockerClient = Engine({"prometheus:1": image})  # type: ignore[assignment] # its double
    return fingerprints(engine, Tree({**files, **process_table(small)}), {"FOLDER": folder})["alpha"]


@pytest.mark.parametrize(
    "other",
    [
        {"made": {**MADE, "command": ["--b"]}},
        {"image": "sha256:2"},
        {"made": {**MADE, "image": "prometheus:2"}},
        {"start": b"2"},
    ],
    ids=[
        "its definition",
        "the image behind the reference",
        "an image that is not there",
        "what it reads at its start",
    ],
)
def test_a_fingerprint_changes_with(other: dict[str, Any]) -> None:
    assert fingerprint(**other) != fingerprint()


def test_a_fingerprint_stays_with_what_is_only_reloaded_and_the_order_of_keys() -> None:
    again = {"command": ["--a"], "labels": {}, "image": "prometheus:1"}
    assert fingerprint(again, other=b"changed") == fingerprint()


def test_who_works_on_another_folder_is_another_container_and_nobody_else() -> None:
    works = {**MADE, "volumes": [{"source": "${FOLDER}/runs"}]}

    assert fingerprint(works, folder="/a") != fingerprint(works, folder="/b")
    assert fingerprint(folder="/a") == fingerprint(folder="/b")


def test_containers_are_read_as_the_engine_tells_them_and_one_that_is_removed_meanwhile_is_none() -> None:
    labels = {"monitoring.service": "alpha", "monitoring.fingerprint": "f"}
    state = {"Status": "exited", "Pid": 0, "StartedAt": "2020-01-01T00:00:01.123456789Z", "ExitCode": 137}
    facts: dict[str, Any] = {
        "Id": "1",
        "Config": {"Labels": labels, "Image": "i"},
        "State": state,
        "HostConfig": BINDINGS,
    }
    facts |= {"RestartCount": 2}
    engine: DockerClient = Engine({}, {"1": facts, "2": None})  # type: ignore[assignment] # its double
    [one] = seen(engine, "p")
    assert (one.service, one.state, one.fingerprint, one.exit_code) == ("alpha", "exited", "f", 137)
    assert one.since == 1577836801.0
    assert one.version == ""
    assert one.published == {8443}
    assert one.restarts == 2


@pytest.mark.parametrize(
    ("state", "restarts", "age", "so"),
    [
        ("running", 0, 1, True),
        ("running", 3, 1, False),
        ("running", 3, 60, True),
        ("restarting", 3, 60, False),
    ],
)
def test_what_the_engine_has_only_just_started_again_does_not_count_as_staying_up(
    state: str, restarts: int, age: float, so: bool
) -> None:
    assert Seen("1", "alpha", state, "f", since=time.time() - age, restarts=restarts).stays_up is so


def test_menders_end_before_those_whom_they_would_start_and_go_for_good() -> None:
    double = Engine({})
    engine: DockerClient = double  # type: ignore[assignment] # its double
    found = [Seen(name, name, "running", "") for name in ("alpha", "mender_a", "mender_b")]
    end(engine, found, remove=False)

    assert sorted(double.done[:4]) == ["remove mender_a", "remove mender_b", "stop mender_a", "stop mender_b"]
    assert double.done[4:] == ["stop alpha"]


def test_never_is_the_beginning_of_time_and_a_clock_ahead_of_ours_is_now() -> None:
    assert _moment("0001-01-01T00:00:00Z") == 0.0
    assert _moment("2999-01-01T00:00:00.5Z") <= time.time()


class Clinging(Engine):
    """Has one network that it holds for some requests more."""

    def __init__(self, refusals: int, *on_it: str) -> None:
        super().__init__({})
        self.left, self.on_it = refusals, on_it

    def networks(self, *, filters: dict[str, str]) -> list[dict[str, str]]:
        assert filters == {"label": "com.docker.compose.project=monitoring-dev"}
        return [{"Id": "outside"}]

    def remove_network(self, name: str) -> None:
        assert name == "outside"
        if self.left:
            self.left -= 1
            raise APIError("500", explanation="network outside has active endpoints")

    def inspect_network(self, name: str) -> dict[str, Any]:
        assert name == "outside"
        return {"Containers": dict.fromkeys(self.on_it)}


def test_a_network_is_waited_for_told_where_somebody_is_on_it_and_left_where_the_engine_lost_count(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slow, confused = Clinging(2, "theirs"), Clinging(1000)
    remove_networks(slow, "monitoring-dev")  # type: ignore[arg-type] # an engine's double
    assert slow.left == 0

    monkeypatch.setattr(containers, "LETTING_GO", 0.0)
    remove_networks(confused, "monitoring-dev")  # type: ignore[arg-type] # the same
    with pytest.raises(EngineRefused, match="remove networks: network outside has active endpoints"):
        remove_networks(Clinging(1000, "theirs"), "monitoring-dev")  # type: ignore[arg-type] # the same
