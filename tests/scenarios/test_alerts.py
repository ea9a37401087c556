"""Alerts on a stack that runs: none misses a metric, and one sees what the simulation does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import requests

from tests.lab import until

if TYPE_CHECKING:
    from tests.lab import Lab

pytestmark = pytest.mark.integration

ROUNDS = 5
"""Scrapes of every target after which nothing may be missing any more."""


def test_every_metric_that_an_alert_rests_on_is_there_and_business_that_stops_is_seen(deployed: Lab) -> None:
    rounds = f"min(count_over_time(up[1m])) >= {ROUNDS} and min(up) == 1"
    assert until(lambda: deployed.query(rounds))
    missing = deployed.query('ALERTS{alertname=~".+MetricsMissing"}')
    assert [sample["metric"] for sample in missing] == []

    url = f"http://127.0.0.1:{deployed.ports['command_center']}/faults/drop"
    requests.put(url, timeout=5).raise_for_status()
    pending = 'ALERTS{alertname="AetherlinkPlatformActivityDrop", alertstate="pending", env="local"}'
    assert until(lambda: deployed.query(pending))
