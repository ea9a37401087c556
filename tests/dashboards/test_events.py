"""Panels on events, and on what no test machine has, show data: a real Prometheus scrapes pages that have it.

Everything is there twice, in two environments, since each figure is one of each.
"""

from __future__ import annotations

from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING

import pytest
import yaml
from werkzeug import Request, Response

from stack.load import load
from stack.promql.variables import UNKNOWN, filled
from stack.references import render_rules
from tests.dashboards.boards import ROOT, STEMS, board, shown
from tests.lab import until
from tests.rules.live import Watched, binary, is_ready, port, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytest_httpserver import HTTPServer

pytestmark = pytest.mark.integration

PAGES = {
    "resources": """
resource_container_running{{container="web",resource="shop"}} 1
resource_container_running{{container="job",resource="shop"}} 0
resource_container_exit_code{{container="job",resource="shop"}} 0
resource_container_healthy{{container="web",resource="shop"}} 0
resource_container_restarts_total{{container="web",resource="shop"}} {n}
resource_container_oom_kills_total{{container="web",resource="shop"}} {n}
resource_container_cpu_seconds_total{{container="web",resource="shop"}} {n}
resource_container_memory_bytes{{container="web",resource="shop"}} 7
resource_container_memory_limit_bytes{{container="web",resource="shop"}} 9
resource_container_network_receive_bytes_total{{container="web",resource="shop"}} {n}
resource_container_network_transmit_bytes_total{{container="web",resource="shop"}} {n}
""",
    "grafana": """
grafana_build_info{{version="13"}} 1
grafana_http_request_duration_seconds_count{{status_code="200"}} {n}
grafana_http_request_duration_seconds_count{{status_code="500"}} {n}
grafana_http_request_duration_seconds_bucket{{status_code="200",le="0.1"}} {n}
grafana_http_request_duration_seconds_bucket{{status_code="200",le="+Inf"}} {n}
grafana_plugin_request_total{{plugin_id="prometheus",endpoint="queryData",status="ok"}} {n}
grafana_plugin_request_total{{plugin_id="prometheus",endpoint="queryData",status="error"}} {n}
grafana_plugin_request_duration_seconds_bucket{{plugin_id="prometheus",endpoint="queryData",le="5"}} {n}
grafana_plugin_request_duration_seconds_bucket{{plugin_id="prometheus",endpoint="queryData",le="+Inf"}} {n}
""",
    "node": """
monitoring_backup_last_run_success{{task="backup"}} 1
monitoring_backup_last_run_duration_seconds{{task="backup"}} 7
monitoring_backup_last_success_timestamp_seconds{{task="backup"}} 1700000000
monitoring_backup_last_size_bytes{{task="backup"}} 7
monitoring_backup_last_added_bytes{{task="backup"}} 7
monitoring_backup_last_objects{{task="backup",part="metrics",kind="samples"}} 7
monitoring_backup_last_verified_timestamp_seconds{{task="backup"}} 1700000000
monitoring_backup_last_run_success{{task="restore.drill"}} 1
monitoring_backup_last_success_timestamp_seconds{{task="restore.drill"}} 1700000000
monitoring_backup_last_newest_sample_timestamp_seconds{{task="restore.drill"}} 1700000000
monitoring_backup_last_recovery_seconds{{task="restore.drill"}} 7
monitoring_deploy_last_run_success{{task="deploy"}} 1
monitoring_deploy_last_run_duration_seconds{{task="deploy"}} 7
monitoring_deploy_last_run_timestamp_seconds{{task="deploy"}} 1700000000
monitoring_deploy_last_run_tests{{kind="check",outcome="passed",task="deploy"}} 70
monitoring_deploy_last_run_tests{{kind="check",outcome="failed",task="deploy"}} 1
monitoring_deploy_release_info{{release="abc"}} 1
node_textfile_mtime_seconds{{file="deploy.prom"}} 1700000000
""",
    "alertmanager": """
alertmanager_notification_requests_total{{integration="slack",receiver_name="chat"}} {n}
alertmanager_notification_requests_failed_total{{integration="slack",receiver_name="chat"}} {n}
alertmanager_notification_latency_seconds_sum{{integration="slack"}} {n}
alertmanager_notification_latency_seconds_count{{integration="slack"}} {n}
""",
    "blackbox-http": """
probe_success 1
probe_ssl_earliest_cert_expiry 1900000000
""",
}
ENVS = {"one", "two"}

WHOLE = {"docker", "grafana"}
"""What no machine of a test has; of the others, only what an event fills."""

CASES = [
    pytest.param(stem, panel.title, id=f"{stem}-{panel.title}")
    for stem in STEMS
    for panel in shown(board(stem).model)
    if stem in WHOLE or panel.title in board(stem).empty
]


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory, make_httpserver: HTTPServer) -> Iterator[Watched]:
    scrapes = count(1)

    def answer(request: Request) -> Response:
        return Response(PAGES[request.path[1:]].format(n=next(scrapes)), mimetype="text/plain")

    for job in PAGES:
        make_httpserver.expect_request(f"/{job}").respond_with_handler(answer)
    folder = tmp_path_factory.mktemp("prometheus")
    with _prometheus(folder, make_httpserver.url_for("/").split("/")[2]) as live:
        assert until(lambda: len(live.ask("count_over_time(probe_success[1m]) >= 5")) == len(ENVS), 30.0)
        yield live


@contextmanager
def _prometheus(folder: Path, address: str) -> Iterator[Watched]:
    groups = [{"targets": [address], "labels": {"env": env, "instance": f"{env}:1"}} for env in sorted(ENVS)]
    jobs = [{"job_name": job, "metrics_path": f"/{job}", "static_configs": groups} for job in PAGES]
    intervals = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    document = {"global": intervals, "rule_files": ["rules.yml"], "scrape_configs": jobs}
    (folder / "prometheus.yml").write_text(yaml.safe_dump(document))
    (folder / "rules.yml").write_bytes(render_rules(ROOT / "rules" / "docker.yml", load("local").environment))
    listen = f"127.0.0.1:{port()}"
    flags = ("--config.file=prometheus.yml", f"--web.listen-address={listen}", "--storage.tsdb.path=tsdb")
    with running(binary("prometheus"), *flags, folder=folder):
        assert until(lambda: is_ready(f"http://{listen}"))
        yield Watched(f"http://{listen}")


@pytest.mark.parametrize(("stem", "title"), CASES)
def test_a_panel_shows_what_happens_in_each_environment(stem: str, title: str, live: Watched) -> None:
    (panel,) = (panel for panel in shown(board(stem).model) if panel.title == title)
    asked = (filled(target.expression).replace(UNKNOWN, ".*") for target in panel.targets)
    for expression in asked:
        found = live.ask(expression)
        assert {sample["metric"]["env"] for sample in found} == ENVS, expression
        assert all(sample["value"][1] != "NaN" for sample in found), expression
