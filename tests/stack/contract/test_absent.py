"""Which declared metrics nobody brings in an environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from stack.assemble import assemble
from stack.clients.http import Session
from stack.clients.prometheus import Prometheus
from stack.contract.absent import absent, unreached
from stack.contract.reading import read_contracts
from stack.environment import Environment

if TYPE_CHECKING:
    from pytest_httpserver import HTTPServer

ROOT = Path(__file__).parents[3]


def missing(**sections: Any) -> set[str]:
    return set(absent(assemble(Environment.model_validate({"name": "lab", **sections}), root=ROOT)))


def test_what_a_service_that_is_not_watched_would_expose_is_absent() -> None:
    usual = missing(services={"redis": False})
    assert {"redis_up", "redis_memory_used_bytes"} <= usual
    assert not usual & {"up", "node_load1", "prometheus_build_info"}
    assert absent(assemble(Environment(name="lab"), root=ROOT))["redis_up"].startswith("redis is watched")

    assert "node_load1" in missing(services={"node": False})
    assert "redis_up" not in missing(targets={"redis": ["there:9121"]})
    assert "probe_ssl_earliest_cert_expiry" in missing(disable={"scrape_jobs": ["blackbox-http"]})


def test_what_an_exporter_does_not_reach_is_absent_but_for_its_saying_so(httpserver: HTTPServer) -> None:
    stack = assemble(Environment.model_validate({"name": "lab", "targets": {"redis": ["a:1"]}}), root=ROOT)
    found = [{"metric": {"__name__": "redis_up"}, "value": [1.0, "0"]}]
    data = {"resultType": "vector", "result": found}
    httpserver.expect_request("/api/v1/query").respond_with_json({"status": "success", "data": data})
    down = unreached(Prometheus(Session(httpserver.url_for("").rstrip("/"))))
    there, gone = absent(stack), absent(stack, down)

    assert {name: gone[name] for name in gone.keys() - there.keys()}["redis_uptime_in_seconds"] == (
        "redis_up is 1 again"
    )
    assert "redis_up" not in gone
    assert "node_load1" not in gone


def test_what_comes_only_with_an_event_need_not_be_there_before() -> None:
    stack = assemble(Environment(name="lab"), root=ROOT)
    name, family = next(iter(read_contracts(stack.metrics).by_name["node"].events.items()))

    assert absent(stack)[name] == f"its event ({family.reason})"
