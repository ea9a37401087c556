"""Every target that was rendered is known, and every target that is known is up."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.probes.targets import PROBE, expected
from stack.moment import unix
from tests.doubles.prometheus import MOMENT, target

CONFIGURATION = {
    "scrape_configs": [
        {"job_name": "node", "static_configs": [{"targets": ["a:1", "b:1"]}, {"targets": ["c:1"]}]},
        {"job_name": "shop", "static_configs": [{"targets": ["d:1"]}]},
        {"job_name": "discovered", "http_sd_configs": [{"url": "http://x/sd"}]},
        {"job_name": "none", "static_configs": [{}]},
    ]
}
FILES = {"prometheus/prometheus.yml": CONFIGURATION}
UP = [target("node", f"http://{host}:1/metrics") for host in "abc"] + [target("shop", "http://d:1/metrics")]


def test_each_static_target_is_expected_once() -> None:
    assert list(expected(CONFIGURATION)) == ["node", "node", "node", "shop"]
    assert list(expected({})) == []


def test_known_targets_that_are_up_pass_and_discovered_ones_come_along(scene: Any) -> None:
    made = scene(FILES)
    made.prometheus.targets = [*UP, target("discovered", "http://e:1/metrics")]

    assert PROBE.run(made.sight) == "5 targets of 2 jobs are up"


def test_targets_that_are_not_known_yet_are_waited_for(scene: Any, waits: Any) -> None:
    made = scene(FILES)
    assert waits(PROBE, made) == "node: 0 of 3 targets are known"

    made.prometheus.targets = UP[1:]
    assert waits(PROBE, made) == "node: 2 of 3 targets are known"


def test_one_that_is_down_is_named_with_its_reason(scene: Any, waits: Any) -> None:
    made = scene(FILES)
    made.prometheus.targets = [*UP, target("discovered", "http://e:1/m", "down", "connection refused")]
    assert waits(PROBE, made) == "discovered http://e:1/m is down: connection refused"

    made.prometheus.targets = [*UP, target("x", "http://f:1/", "unknown"), target("y", "http://g:1/", "down")]
    assert waits(PROBE, made) == "x http://f:1/ is unknown: not scraped yet, and 1 more"


@pytest.mark.parametrize(
    ("since", "configured"), [(unix(MOMENT) + 1, "2026-01-01T00:00:00Z"), (0.0, MOMENT[:19] + "Z")]
)
def test_what_a_target_was_before_the_configuration_was_read_says_nothing(
    since: float, configured: str, scene: Any, waits: Any
) -> None:
    made = scene(FILES, since=since)
    made.prometheus.targets, made.prometheus.configured = UP, configured
    assert waits(PROBE, made) == "node http://a:1/metrics has not been scraped under this configuration"
