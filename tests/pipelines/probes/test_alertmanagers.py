"""Prometheus must send to our own Alertmanager."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.probes.alertmanagers import PROBE

OURS = "http://127.0.0.1:9093/api/v2/alerts"


def test_our_alertmanager_is_among_those_it_sends_to(scene: Any) -> None:
    made = scene()
    made.prometheus.alertmanagers = ["http://other:9093/api/v2/alerts", OURS]

    assert PROBE.run(made.sight) == f"Prometheus sends to http://other:9093/api/v2/alerts, {OURS}"


@pytest.mark.parametrize(
    "active", [[], ["http://127.0.0.1:90930/api/v2/alerts"], ["http://a/127.0.0.1:9093"]]
)
def test_until_then_it_is_waited_for(scene: Any, waits: Any, active: list[str]) -> None:
    made = scene()
    made.prometheus.alertmanagers = active

    assert waits(PROBE, made) == "Prometheus does not send to 127.0.0.1:9093 yet"
