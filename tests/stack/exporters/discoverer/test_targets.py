"""Targets are what Prometheus can reach; what it cannot is told, and is no target."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from stack.exporters.discoverer.targets import Found, find
from tests.stack.exporters.discoverer.made import container

if TYPE_CHECKING:
    from stack.exporters.discoverer.containers import Container

TWO = {"Networks": {"back": {"IPAddress": "10.1.0.2"}, "front": {"IPAddress": "10.0.0.2"}}}
WANTED = {"prometheus.io/scrape": "true"}


def addresses(found: Found) -> list[str]:
    return [target for group in found.groups for target in group["targets"]]


def told(found: Found) -> list[tuple[str, str]]:
    return [(refusal.container, refusal.about) for refusal in found.refusals]


def test_a_target_carries_all_that_is_known_of_it() -> None:
    labels = {
        **WANTED,
        "prometheus.io/port": "9187, 9188",
        "prometheus.io/path": "/probe?target=db",
        "prometheus.io/scheme": "https",
        "com.docker.compose.project": "shop",
        "com.docker.compose.service": "db",
    }
    first, second = find([container("shop-db-1", Labels=labels)], ["front"], "prod").groups

    assert first == {
        "targets": ["10.0.0.2:9187"],
        "labels": {
            "__metrics_path__": "/probe",
            "__param_target": "db",
            "__scheme__": "https",
            "job": "db",
            "instance": "shop-db-1:9187",
            "container": "shop-db-1",
            "image": "shop/web:1",
            "project": "shop",
            "env": "prod",
        },
    }
    assert second["targets"] == ["10.0.0.2:9188"]
    assert second["labels"]["instance"] == "shop-db-1:9188"


@pytest.mark.parametrize(
    ("labels", "job"),
    [({}, "web"), ({"com.docker.compose.service": "db"}, "db"), ({"prometheus.io/job": "own"}, "own")],
)
def test_a_job_is_named_by_the_label_else_the_compose_service_else_the_container(
    labels: dict[str, str], job: str
) -> None:
    [group] = find([container(Labels={**WANTED, **labels, "com.docker.compose.project": ""})], [], "x").groups

    assert group["labels"]["job"] == job
    assert "project" not in group["labels"]


def test_without_a_label_every_tcp_port_that_is_exposed_is_scraped_once() -> None:
    ports = [
        {"PrivatePort": 81, "PublicPort": 8081, "IP": "0.0.0.0", "Type": "tcp"},
        {"PrivatePort": 81, "PublicPort": 8081, "IP": "::", "Type": "tcp"},
        {"PrivatePort": 80, "Type": "tcp"},
        {"PrivatePort": 53, "Type": "udp"},
    ]
    assert addresses(find([container(Ports=ports)], [], "x")) == ["10.0.0.2:80", "10.0.0.2:81"]

    none = find([container(Ports=ports[-1:])], [], "x")
    assert (addresses(none), told(none)) == ([], [("web", "ports")])


@pytest.mark.parametrize(
    ("networks", "expected"),
    [
        (["front"], ["10.0.0.2:80"]),
        (["back", "front"], ["10.1.0.2:80"]),
        ([], ["10.1.0.2:80"]),
        (["other"], []),
    ],
)
def test_the_address_is_that_on_the_first_network_that_prometheus_reaches(
    networks: list[str], expected: list[str]
) -> None:
    found = find([container(NetworkSettings=TWO)], networks, "x")

    assert addresses(found) == expected
    assert told(found) == ([] if expected else [("web", "network")])


def test_one_on_no_shared_network_is_told_with_what_to_do() -> None:
    [refusal] = find([container(NetworkSettings=TWO)], ["other", "more"], "x").refusals

    assert refusal.line == (
        "Prometheus reaches it on none of its networks, back, front; "
        "connect it to other or more, or name one under `discovery.networks`"
    )


def alone(mode: str) -> Container:
    return container(
        HostConfig={"NetworkMode": mode}, NetworkSettings={"Networks": {mode: {"IPAddress": ""}}}
    )


@pytest.mark.parametrize(
    ("mode", "networks", "expected"),
    [
        ("none", [], []),
        ("none", ["none"], []),
        ("host", ["front"], []),
        ("host", [], ["127.0.0.1:80"]),
        ("host", ["host"], ["127.0.0.1:80"]),
    ],
)
def test_one_without_a_network_of_its_own(mode: str, networks: list[str], expected: list[str]) -> None:
    found = find([alone(mode)], networks, "x")

    assert addresses(found) == expected
    assert told(found) == ([] if expected else [("web", "network")])


def test_one_that_shares_another_s_network_is_reached_there() -> None:
    guest: dict[str, Any] = {
        "HostConfig": {"NetworkMode": "container:web-id"},
        "NetworkSettings": {"Networks": {}},
    }
    both = [container("aside", **guest), container("web", Labels={})]

    assert addresses(find(both, ["front"], "x")) == ["10.0.0.2:80"]
    assert told(find(both[:1], ["front"], "x")) == [("aside", "network")]


def test_an_address_of_ipv6_stands_in_brackets() -> None:
    six = {"Networks": {"front": {"IPAddress": "", "GlobalIPv6Address": "fd00::2"}}}

    assert addresses(find([container(NetworkSettings=six)], [], "x")) == ["[fd00::2]:80"]


@pytest.mark.parametrize(
    ("state", "count"), [("running", 1), ("paused", 1), ("exited", 0), ("restarting", 0)]
)
def test_only_what_runs_is_a_target_and_what_does_not_is_no_mistake(state: str, count: int) -> None:
    found = find([container(State=state)], [], "x")

    assert (len(found.groups), found.refusals) == (count, ())


def test_one_wrong_container_keeps_no_other_from_being_found() -> None:
    wrong = container("wrong", Labels={**WANTED, "prometheus.io/port": "80, x"})
    found = find([container("a"), wrong, container("b")], [], "x")

    assert [group["labels"]["container"] for group in found.groups] == ["a", "b"]
    assert told(found) == [("wrong", "labels")]


def test_a_link_of_old_does_not_rename_a_container() -> None:
    assert container(Names=["/other/alias", "/web"]).name == "web"
