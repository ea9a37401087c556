"""What is found by files, by DNS and one by one becomes jobs whose targets carry `env`."""

from __future__ import annotations

from typing import Any

from stack.scrape import jobs
from tests.stack.services.lab import stack

ENV = {"target_label": "env", "replacement": "lab"}


def found(runtime: str = "native", **discovery: Any) -> dict[str, Any]:
    return {job["job_name"]: job for job in jobs(stack(runtime=runtime, discovery=discovery))}


def test_containers_are_found_where_the_environment_says_so() -> None:
    assert "containers" not in found()
    job = found(docker=True)["containers"]

    assert job["file_sd_configs"] == [{"files": ["../../discovered/docker.json"], "refresh_interval": "30s"}]
    assert "static_configs" not in job


def test_facts_on_containers_need_a_discoverer_and_no_job() -> None:
    made = stack(resources=[{"name": "a", "kind": "docker", "container": "a"}])

    assert "discoverer" in made.services
    assert "containers" not in {job["job_name"] for job in jobs(made)}
    assert not any(word.startswith("--file") for word in made.services["discoverer"].process(made).argv)


def test_files_lie_in_the_folder_of_what_was_discovered_unless_they_say_another() -> None:
    job = found(files=["shop-*.json", "/srv/targets/a.json"])["files"]

    assert job["file_sd_configs"] == [{"files": ["../../discovered/shop-*.json", "/srv/targets/a.json"]}]
    assert job["relabel_configs"] == [ENV]


def test_files_lie_in_the_folder_that_an_environment_names_and_in_a_container_at_one_place() -> None:
    wanted = {"folder": "/etc/monitoring/targets", "files": ["*.json"]}
    names = {
        runtime: found(runtime, **wanted)["files"]["file_sd_configs"][0]["files"]
        for runtime in ("native", "compose")
    }
    assert names == {"native": ["/etc/monitoring/targets/*.json"], "compose": ["/targets/*.json"]}


def test_names_are_asked_of_dns_with_a_port_where_the_records_have_none() -> None:
    dns = [
        {"job": "a", "names": ["_x._tcp.b"]},
        {"job": "c", "names": ["c"], "type": "A", "port": 9, "path": "/m"},
    ]
    made = found(dns=dns)

    assert made["a"]["dns_sd_configs"] == [{"names": ["_x._tcp.b"], "type": "SRV", "refresh_interval": "30s"}]
    assert made["c"]["dns_sd_configs"][0]["port"] == 9
    assert (made["c"]["metrics_path"], made["c"]["relabel_configs"]) == ("/m", [ENV])


def test_targets_one_by_one_have_a_job_page_and_labels_of_their_own() -> None:
    job = found(static=[{"job": "till", "targets": ["a:1"], "scheme": "https", "labels": {"shop": "x"}}])[
        "till"
    ]

    assert job["static_configs"] == [{"targets": ["a:1"], "labels": {"shop": "x", "env": "lab"}}]
    assert job["scheme"] == "https"
