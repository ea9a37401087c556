"""Which declared metrics nobody brings in an environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from stack.assemble import assemble
from stack.contract.absent import absent
from stack.environment import Environment

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
