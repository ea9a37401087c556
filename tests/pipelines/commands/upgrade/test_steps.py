"""Which version runs is asked of the service, and of the runtime where a service does not say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.commands.upgrade._steps import running, steps
from stack.runtimes.protocol import ServiceStatus
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer


def at(service: str, pid: int, version: str) -> ServiceStatus:
    """Give the status of a service."""
    return ServiceStatus(service, "running", ready=True, port=1, pid=pid, version=version)


def test_a_page_is_believed_before_the_runtime_and_what_does_not_run_has_no_version(
    tmp_path: Path, httpserver: HTTPServer
) -> None:
    page = 'prometheus_build_info{branch="x",version="3.4.0"} 1\n'
    httpserver.expect_request("/metrics").respond_with_data(page)
    statuses = (
        at("prometheus", 7, "3.5.3+ds1"),
        at("node", 8, "1.11.1"),
        at("alertmanager", 0, "0.33.1"),
    )
    live = release()
    runtime = Noting(tmp_path, statuses=statuses).deployed(live)
    runtime.doors = dict.fromkeys(("prometheus", "node", "alertmanager"), httpserver.url_for("").rstrip("/"))
    versions = running(effects(tmp_path, runtime))

    assert versions == {"prometheus": "3.4.0", "node": "1.11.1", "alertmanager": ""}
    assert steps(live.stack, versions)["node"].running == "1.11.1"
    assert steps(live.stack, {})["node"].running == ""


def test_before_the_first_deploy_nothing_runs(tmp_path: Path) -> None:
    assert running(effects(tmp_path)) == {}
