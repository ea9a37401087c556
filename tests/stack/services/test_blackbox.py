"""The blackbox exporter asks every service's health page, and the pages that an environment names."""

from __future__ import annotations

from typing import Any

from stack.scrape import jobs
from tests.stack.services.lab import document, stack


def probed(**sections: Any) -> Any:
    found = {job["job_name"]: job for job in jobs(stack(**sections))}
    return found.get("blackbox-http"), found.get("blackbox")


def test_every_service_that_runs_is_asked_at_its_health_page_and_so_are_the_environment_s_pages() -> None:
    page = "https://example.com/"
    job, own = probed(targets={"blackbox": [page]}, services={"pushgateway": False}, ports={"node": 5})
    [group] = job["static_configs"]

    assert group["labels"] == {"env": "lab"}
    assert "http://127.0.0.1:5/" in group["targets"]
    assert "http://127.0.0.1:9090/-/healthy" in group["targets"]
    assert "http://127.0.0.1:9115/-/healthy" in group["targets"]
    assert group["targets"][-1] == page
    assert not any(":9091" in target for target in group["targets"])
    assert own["static_configs"] == [{"targets": ["127.0.0.1:9115"], "labels": {"env": "lab"}}]


def test_the_page_becomes_the_instance_and_the_exporter_the_address() -> None:
    job, _ = probed(ports={"blackbox": 7})
    steps = job["relabel_configs"]

    assert [step.get("target_label") for step in steps] == ["__param_target", "instance", "__address__"]
    assert steps[2]["replacement"] == "127.0.0.1:7"
    modules = document(stack(), "blackbox", "blackbox.yml")["modules"]
    assert set(job["params"]["module"]) <= modules.keys()


def test_without_the_exporter_nothing_is_asked_through_it() -> None:
    assert probed(services={"blackbox": False}, targets={"blackbox": ["https://a/"]}) == (None, None)


def test_each_probe_is_asked_by_its_module() -> None:
    probes = [{"target": "https://a/"}, {"target": "mail:25", "module": "tcp_connect"}]
    made = {job["job_name"]: job for job in jobs(stack(probes=probes))}

    assert made["blackbox-http"]["static_configs"][0]["targets"][-1] == "https://a/"
    assert made["blackbox-tcp"]["params"] == {"module": ["tcp_connect"]}
    assert made["blackbox-tcp"]["static_configs"] == [{"targets": ["mail:25"], "labels": {"env": "lab"}}]
    assert "blackbox-tcp" not in {job["job_name"] for job in jobs(stack())}
