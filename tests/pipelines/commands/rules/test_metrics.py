"""The verb that captures contracts: what it writes, what it keeps, what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.rules import metrics
from pipelines.core.options import Options
from stack.emit import from_yaml
from stack.errors import DefinitionInvalid, HttpFailed, NothingKept, Refused
from stack.runtimes.protocol import ServiceStatus
from tests.doubles.prometheus import PrometheusDouble, group, rule
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from pathlib import Path

    from pytest_httpserver import HTTPServer

    from pipelines.core.effects import Effects

OFF = ["alertmanager", "blackbox", "command_center", "grafana", "pushgateway", "resources"]
MADE = release(services={**dict.fromkeys(OFF, False), "sink": True})
VERSIONS = (
    ServiceStatus("node", "running", ready=True, port=1, version="1.11.1+ds1"),
    ServiceStatus("prometheus", "running", ready=True, port=2),
    ServiceStatus("sink", "running", ready=True, port=3),
)
LOAD = "# TYPE node_load1 gauge\nnode_load1 0.5\n"
KEPT = """\
# Ours.
program: node_exporter 1.0.0
series: 2
closed: [mode]
families: {node_old: {type: gauge, labels: {}}}
events: {node_md_disks: {type: gauge, labels: {state: [active]}, reason: only with md}}
waivers: {node_legacy: it goes}
"""


@pytest.fixture
def doors(tmp_path: Path, httpserver: HTTPServer) -> Effects:
    """Give effects of a deployed stack of three services, whose pages one server has."""
    base = httpserver.url_for("").rstrip("/")
    pages = {name: f"{base}/{name}" for name in ("node", "prometheus", "sink")}
    httpserver.expect_request("/prometheus/metrics").respond_with_data("go_goroutines 3\n")
    httpserver.expect_request("/sink/metrics").respond_with_data("sink_store_failures_total 0\n")
    runtime = Noting(tmp_path / "local", statuses=VERSIONS, doors=pages).deployed(MADE)
    return effects(tmp_path, runtime, out=str(tmp_path / "metrics"))


def answered(doors: Effects, capsys: pytest.CaptureFixture[str]) -> Any:
    told = replace(doors, console=type(doors.console)(json=True))
    assert metrics.run(told) == 0
    return json.loads(capsys.readouterr().out)


def written(folder: Path, name: str) -> Any:
    return from_yaml((folder / "metrics" / f"{name}.yaml").read_text())


def test_every_running_service_has_its_page_written_down(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_request("/node/metrics").respond_with_data(LOAD)
    found = answered(doors, capsys)

    assert sorted(found) == ["node", "prometheus", "sink"]
    assert found["node"] == {
        "facts": ["program none -> node_exporter 1.11.1", "series none -> 1"],
        "new": ["node_load1"],
        "gone": [],
        "changed": {},
        "stale": {},
    }
    families = {"node_load1": {"type": "gauge", "labels": {}}}
    assert written(tmp_path, "node") == {"program": "node_exporter 1.11.1", "series": 1, "families": families}
    assert written(tmp_path, "prometheus")["program"] == "prometheus"
    assert written(tmp_path, "sink")["program"] == "stack.exporters.sink"


def test_a_second_look_at_the_same_pages_changes_nothing(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    httpserver.expect_request("/node/metrics").respond_with_data(LOAD)
    metrics.run(doors)
    texts = {path.name: path.read_bytes() for path in (tmp_path / "metrics").iterdir()}
    capsys.readouterr()
    metrics.run(doors)

    assert capsys.readouterr().out == f"0 of 3 contracts changed in {tmp_path / 'metrics'}\n"
    assert {path.name: path.read_bytes() for path in (tmp_path / "metrics").iterdir()} == texts


def test_what_is_kept_by_hand_stays_and_what_is_gone_is_told(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "node.yaml").write_text(KEPT)
    page = 'node_md_disks{state="failed"} 0\nnode_cpu_seconds_total{mode="idle",cpu="0"} 1\n'
    httpserver.expect_request("/node/metrics").respond_with_data(page)
    metrics.run(doors)
    said = capsys.readouterr().out
    made = written(tmp_path, "node")

    assert (
        (tmp_path / "metrics" / "node.yaml")
        .read_text()
        .startswith("# Ours.\nprogram: node_exporter 1.11.1\n")
    )
    assert (made["closed"], made["waivers"]) == (["mode"], {"node_legacy": "it goes"})
    assert made["events"] == from_yaml(KEPT)["events"]
    assert made["families"] == {
        "node_cpu_seconds_total": {"type": "untyped", "labels": {"cpu": [], "mode": ["idle"]}}
    }
    assert "! gone     node_old" in said
    assert "✓ new      node_cpu_seconds_total" in said
    assert "! by hand  node_md_disks: is of type untyped on the page" in said
    assert said.endswith("1 family is gone: see docs/metrics.md\n")


def test_written_elsewhere_a_contract_still_keeps_what_the_repository_keeps_by_hand(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/node/metrics").respond_with_data(LOAD)
    kept = tmp_path / "repository" / "stack" / "metrics"
    kept.mkdir(parents=True)
    (kept / "node.yaml").write_text(KEPT)
    metrics.run(replace(doors, root=tmp_path / "repository"))

    assert written(tmp_path, "node")["waivers"] == {"node_legacy": "it goes"}
    assert (kept / "node.yaml").read_text() == KEPT
    metrics.run(replace(doors, root=tmp_path / "repository", options=Options()))
    assert sorted(path.stem for path in kept.iterdir()) == ["node", "prometheus", "sink"]


def test_a_file_with_mistakes_is_not_written_over(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer
) -> None:
    httpserver.expect_request("/node/metrics").respond_with_data(LOAD)
    (tmp_path / "metrics").mkdir()
    path = tmp_path / "metrics" / "node.yaml"
    path.write_text("families: []\nwavers: {}\n")

    with pytest.raises(DefinitionInvalid, match=r"node.yaml:2:1: wavers: unknown key \(and 1 more\)"):
        metrics.run(doors)
    assert path.read_text() == "families: []\nwavers: {}\n"
    assert list(path.parent.iterdir()) == [path], "nothing else was written either"


def test_a_page_that_is_none_and_a_service_that_does_not_answer_are_told(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer
) -> None:
    httpserver.expect_ordered_request("/node/metrics").respond_with_data("<html>")
    with pytest.raises(Refused, match="node/metrics, line 1 is no sample"):
        metrics.run(doors)
    httpserver.expect_ordered_request("/node/metrics").respond_with_data("gone", status=503)
    with pytest.raises(HttpFailed, match="503"):
        metrics.run(doors)
    with pytest.raises(NothingKept, match="nothing is deployed"):
        metrics.run(effects(tmp_path / "other"))


def of_job(doors: Effects, job: str, **more: Any) -> Effects:
    return replace(doors, options=Options(values={"job": job}, **more))


def test_a_job_of_a_site_is_told_from_what_prometheus_has_scraped(
    tmp_path: Path, doors: Effects, httpserver: HTTPServer, capsys: pytest.CaptureFixture[str]
) -> None:
    target = {"job": "sink", "instance": "a:1", "env": "local"}
    double = PrometheusDouble(
        groups=[group("a.yml", "a", rule("sink:made"))],
        targets=[{"scrapePool": "sink", "labels": target}, {"scrapePool": "node", "labels": {}}],
        types={"taken": "counter"},
        series=[{"__name__": "taken_total", "why": "x", **target}, {"__name__": "sink:made", **target}],
    )
    double.serve(httpserver, "/prometheus")
    assert metrics.run(of_job(doors, "sink", sites=(tmp_path / "site",))) == 0

    path = tmp_path / "site" / "stack" / "metrics" / "sink.yaml"
    families = {"taken_total": {"type": "counter", "labels": {"why": []}}}
    assert from_yaml(path.read_text()) == {"program": "job sink", "series": 1, "families": families}
    assert capsys.readouterr().out.endswith(f"1 of 1 contracts changed in {path.parent}\n")


def test_a_job_that_does_not_exist_or_was_not_scraped_is_told(doors: Effects, httpserver: HTTPServer) -> None:
    PrometheusDouble().serve(httpserver, "/prometheus")

    with pytest.raises(Refused, match="there is no scrape job 'sinc' in what is live") as raised:
        metrics.run(of_job(doors, "sinc"))
    assert raised.value.advice == "did you mean 'sink'?"
    with pytest.raises(Refused, match="nothing was scraped of job 'sink'"):
        metrics.run(of_job(doors, "sink"))
