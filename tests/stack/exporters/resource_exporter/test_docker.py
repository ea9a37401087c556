"""A resource of kind docker is as well as its containers are, and their facts become metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from stack.exporters._messages import Request, Route, document, text
from stack.exporters.resource_exporter.containers import ContainerCollector
from stack.exporters.resource_exporter.kinds import docker
from stack.exporters.resource_exporter.settings import Resource
from stack.exporters.resource_exporter.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from stack.clients.http import Session

    Serve = Callable[..., Session]

RUNS = {
    "name": "web",
    "state": "running",
    "exit_code": None,
    "health": "healthy",
    "restarts": 2,
    "oom_kills": 1,
}
DONE = {"name": "job", "state": "exited", "exit_code": 0, "health": None, "restarts": 0, "oom_kills": 0}
FAILED = {**DONE, "name": "bad", "exit_code": 1}


def discoverer(serve: Serve, *containers: dict[str, Any], asked: list[Request] | None = None) -> str:
    def answer(request: Request) -> Any:
        (asked if asked is not None else []).append(request)
        return document(list(containers))

    return serve((Route("GET", "/containers", answer),)).base


@pytest.mark.parametrize(
    ("containers", "up"),
    [
        ([RUNS], True),
        ([RUNS, DONE], True),
        ([RUNS, FAILED], False),
        ([{**RUNS, "state": "paused"}], False),
        ([], False),
    ],
)
def test_it_is_up_while_all_its_containers_run_or_have_ended_well(
    serve: Serve, containers: list[dict[str, Any]], up: bool
) -> None:
    seen = docker.check(discoverer(serve, *containers), project="shop", timeout=5)

    assert seen.up is up
    assert [one["name"] for one in seen.containers] == [one["name"] for one in containers]


@pytest.mark.parametrize(
    ("chosen", "query"),
    [
        ({"container": "a b"}, {"name": "a b"}),
        ({"project": "shop"}, {"project": "shop"}),
        ({"label": "tier=web"}, {"label": "tier=web"}),
    ],
)
def test_it_asks_only_for_what_was_chosen(
    serve: Serve, chosen: dict[str, str], query: dict[str, str]
) -> None:
    asked: list[Request] = []
    docker.check(discoverer(serve, RUNS, asked=asked), **chosen, timeout=5)

    assert [request.query for request in asked] == [query]


def test_one_that_was_named_and_is_gone_is_seen_as_down(serve: Serve) -> None:
    seen = docker.check(discoverer(serve), container="web", timeout=5)

    assert not seen.up
    assert seen.containers == ({"name": "web", "running": False, "restarts": 0, "oom_kills": 0},)


def test_an_engine_that_is_away_is_an_error_with_its_reason(serve: Serve) -> None:
    base = serve((Route("GET", "/containers", lambda _: text("the container engine is away", 503)),)).base
    with pytest.raises(OSError, match="the container engine is away"):
        docker.check(base, container="web", timeout=5)


def test_facts_become_metrics_and_what_is_not_known_is_none(
    serve: Serve, eventually: Callable[[Callable[[], object]], None]
) -> None:
    starting = {**RUNS, "name": "new", "health": "starting", "memory_bytes": 7, "cpu_seconds": 1.5}
    base = discoverer(serve, RUNS, FAILED, starting)
    watch, registry = Watch(), CollectorRegistry()
    registry.register(ContainerCollector(watch))
    watch.follow((Resource("shop", "docker", {"discoverer": base, "project": "p"}, "", 0.05, 5.0),))
    try:
        eventually(lambda: b'container="web"' in generate_latest(registry))
        lines = [line for line in generate_latest(registry).decode().splitlines() if line[0] != "#"]
    finally:
        watch.follow(())

    def said(name: str) -> dict[str, float]:
        mine = [line for line in lines if line.startswith(f"resource_container_{name}{{")]
        return {line.split('"')[1]: float(line.rpartition(" ")[2]) for line in mine}

    assert said("running") == {"web": 1, "bad": 0, "new": 1}
    assert said("healthy") == {"web": 1}
    assert said("exit_code") == {"bad": 1}
    assert said("restarts_total") == {"web": 2, "bad": 0, "new": 2}
    assert said("oom_kills_total") == {"web": 1, "bad": 0, "new": 1}
    assert said("memory_bytes") == {"new": 7}
    assert said("cpu_seconds_total") == {"new": 1.5}
