"""A deployed stack watches real containers: targets, state, health, restarts, kills, and what they use."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests import lab as labs
from tests.engine import docker, house
from tests.lab import EVERY, PLAIN, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.engine import House
    from tests.lab import Lab

pytestmark = pytest.mark.integration

PROJECT = "com.docker.compose.project"
GREEDY = ("--memory", "8m", "--restart", "on-failure:2", "--entrypoint", "/bin/sh")
KILLS = "resource_container_oom_kills_total"
SICK = ("--health-cmd", "false", "--health-interval", "1s", "--health-retries", "1")


@pytest.fixture
def lodging() -> Iterator[House]:
    with house() as made:
        yield made


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with labs.lab(tmp_path) as made:
        yield made


def values(lab: Lab, name: str) -> dict[str, float]:
    """Give the values of a metric on containers by the containers' last word."""
    found = lab.query(f"resource_container_{name}")
    return {one["metric"]["container"].rpartition("-")[2]: float(one["value"][1]) for one in found}


def test_a_stack_that_is_deployed_scrapes_and_watches_containers(lodging: House, lab: Lab) -> None:
    web = _inhabited(lodging)
    resources: list[dict[str, Any]] = [
        {"name": "shop", "kind": "docker", "project": lodging.prefix, "interval": "1s"},
        {"name": "greedy", "kind": "docker", "container": lodging.name("greedy"), "interval": "1s"},
    ]
    others = [stem for stem in EVERY if stem != "docker"]
    lab.environment(
        discovery={"docker": True, "networks": ["bridge"]},
        resources=resources,
        disable={**PLAIN, "dashboards": others},
    )
    assert "discoverer" in lab.invoke("deploy").ok().out
    job = f'up{{job="{web}", container="{web}", env="local"}}'
    assert until(lambda: [one["value"][1] for one in lab.query(job)] == ["1"], 40)

    _told_of_its_state(lodging, lab)
    up = {one["metric"]["resource"]: one["value"][1] for one in lab.query("resource_up")}
    assert up == {"shop": "1", "greedy": "0"}
    # The last two wait a minute or two.
    expected = {"ContainerOomKilled", "ContainerDown", "ContainerUnhealthy"}
    assert until(lambda: _alerts(lab) >= expected, 30), (_alerts(lab), lab.query(f"{KILLS}[2m]"))

    assert _shows(lab), lab.invoke("dashboards.check", "docker").out
    lodging.remove("web")
    assert until(lambda: lab.query(job) == [], 40)


def _inhabited(lodging: House) -> str:
    """Start a container that wants to be scraped, one that is not well and one that ends; name the first."""
    project = ("--label", f"{PROJECT}={lodging.prefix}")
    web = lodging.run("web", flags=("--memory", "64m", *project), scrape="true", port="80")
    lodging.run("sick", flags=(*SICK, *project))
    quick = ("--entrypoint", "/bin/sh", lodging.image, "-c", "true")
    docker("run", "--name", lodging.name("done"), *project, *quick)
    return web


def _told_of_its_state(lodging: House, lab: Lab) -> None:
    """Let a container take too much memory, and see what is told of it and of the others."""
    greedy = f"x=0123456789abcdef; while true; do x=$x$x; done; {lodging.name('greedy')}"
    docker("run", "-d", "--name", lodging.name("greedy"), *GREEDY, lodging.image, "-c", greedy)
    assert until(lambda: values(lab, "restarts_total").get("greedy") == 2, 40)
    assert values(lab, "oom_kills_total")["greedy"] >= 1
    assert until(lambda: values(lab, "exit_code").get("greedy") == 137, 30)
    assert until(lambda: values(lab, "running") == {"web": 1, "sick": 1, "done": 0, "greedy": 0})
    assert values(lab, "exit_code")["done"] == 0
    assert values(lab, "healthy") == {"sick": 0}
    assert values(lab, "memory_limit_bytes")["web"] == 64 * 1024 * 1024
    assert 0 < values(lab, "memory_bytes")["web"] < 64 * 1024 * 1024
    assert values(lab, "cpu_seconds_total")["web"] > 0
    assert values(lab, "network_receive_bytes_total")["web"] > 0


def _alerts(lab: Lab) -> set[str]:
    return {one["metric"]["alertname"] for one in lab.query("ALERTS")}


def _shows(lab: Lab) -> bool:
    """Wait until every panel on containers shows data."""

    def states() -> set[str]:
        found = json.loads(lab.invoke("dashboards.check", "--json", "docker").out)
        [one] = found["dashboards"]
        return {query["state"] for query in one["queries"]}

    return bool(until(lambda: states() == {"data"}, 40))
