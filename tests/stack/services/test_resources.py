"""The resource exporter's file: what is to be watched, and whom the beat is passed on to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stack.exporters.resource_exporter.settings import read
from stack.scrape import jobs
from tests.stack.services.lab import document, stack

if TYPE_CHECKING:
    from pathlib import Path

SHOP = {"name": "shop", "kind": "http", "url": "http://shop/", "metrics": "http://shop/metrics"}
DATABASE = {"name": "db", "kind": "tcp", "address": "db:5432", "interval": "30s"}
PROXY = {"name": "proxy", "kind": "process", "process": "nginx"}


def names(**sections: Any) -> list[str]:
    return [job["job_name"] for job in jobs(stack(**sections))]


def test_the_exporter_itself_reads_what_is_rendered(tmp_path: Path) -> None:
    made = stack(resources=[SHOP, DATABASE, PROXY])
    path = tmp_path / "resources.json"
    path.write_bytes(made.services["resources"].files(made)["resources.json"])
    settings = read(path)

    assert [resource.name for resource in settings.resources] == ["shop", "db", "proxy"]


def test_the_beat_is_passed_on_only_where_the_environment_has_an_address_for_it() -> None:
    def forward(**sections: Any) -> Any:
        return document(stack(**sections), "resources", "resources.json")["watchdog"]["forward_file"]

    assert forward() == ""
    assert forward(secrets={"watchdog_url": "env:URL"}) == "../../secrets/watchdog_url"


def test_resources_with_metrics_are_discovered_where_there_are_any_and_the_exporter_runs() -> None:
    assert "discovered" in names(resources=[DATABASE, SHOP])
    assert "discovered" not in names(resources=[DATABASE, PROXY])
    assert "discovered" not in names(resources=[SHOP], services={"resources": False})
    job = next(job for job in jobs(stack(resources=[SHOP])) if job["job_name"] == "discovered")
    assert job["http_sd_configs"] == [{"url": "http://127.0.0.1:9199/sd", "refresh_interval": "30s"}]
    assert "static_configs" not in job
