"""Of all that cAdvisor tells, Prometheus keeps containers, by the ids that the discoverer gives names to."""

from __future__ import annotations

import re

import pytest
from prometheus_client.registry import CollectorRegistry

from stack.exporters.discoverer.board import Board
from stack.exporters.discoverer.metrics import DiscoveryCollector
from stack.scrape import jobs
from tests.stack.exporters.discoverer.made import container
from tests.stack.services.lab import stack

ID = "0123456789ab" + 52 * "c"
OTHER = 64 * "d"


def scraped(identity: str) -> dict[str, str] | None:
    """Give the labels that a series of a cgroup is kept with, None where it is not kept."""
    made = stack(runtime="compose", services={"cadvisor": True})
    job = next(job for job in jobs(made) if job["job_name"] == "cadvisor")
    labels = {"id": identity} if identity else {}
    for rule in job["metric_relabel_configs"]:
        match = re.fullmatch(rule["regex"], labels.get("id", ""))
        if match and rule.get("action") == "drop":
            return None
        if match:
            labels[rule["target_label"]] = match[1]
    return labels


@pytest.mark.parametrize("where", ["/docker/{}", "/system.slice/docker-{}.scope", "/elsewhere/{}"])
def test_a_container_has_the_beginning_of_its_id_whatever_keeps_it(where: str) -> None:
    assert scraped(where.format(ID)) == {"id": ID[:12]}


@pytest.mark.parametrize(
    "other",
    [
        "/",
        "/docker",
        "/system.slice",
        f"/docker/{ID}/init.scope",
        f"/system.slice/docker-{ID}.scope/docker/{OTHER}",
    ],
)
def test_the_machine_and_what_a_container_holds_in_turn_are_left_out(other: str) -> None:
    assert scraped(other) is None


def test_what_is_of_no_cgroup_is_kept() -> None:
    assert scraped("") == {}


def test_the_discoverer_runs_beside_it_and_names_each_container_by_the_same_digits() -> None:
    made = stack(runtime="compose", services={"cadvisor": True})
    assert "discoverer" in made.services
    assert "discoverer" not in stack(runtime="compose").services
    without = stack(runtime="compose", services={"cadvisor": True}, disable={"services": ["cadvisor"]})
    assert "discoverer" not in without.services

    registry, labels = CollectorRegistry(), {"com.docker.compose.project": "shop"}
    registry.register(DiscoveryCollector(Board(containers=(container("web", Id=ID, Labels=labels),))))
    named = {"id": ID[:12], "container": "web", "image": "shop/web:1", "project": "shop"}
    assert registry.get_sample_value("monitoring_discovery_container_info", named) == 1


def test_it_sees_cgroups_and_nothing_else_of_its_machine() -> None:
    container = stack(runtime="compose", services={"cadvisor": True}).services["cadvisor"].container
    assert container.mounts == ("/sys/fs/cgroup:/sys/fs/cgroup:ro",)
    assert not container.engine
