"""Nearly every scrape that was due succeeded, counted by the targets that are there."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

import pytest

from pipelines.probes.scrapes import PROBE, WINDOW

CONFIGURATION: dict[str, Any] = {
    "global": {"scrape_interval": "5s"},
    "scrape_configs": [
        {"job_name": "node", "static_configs": [{"targets": ["a:1"]}]},
        {"job_name": 'a "quoted" shop', "scrape_interval": "500ms", "static_configs": [{"targets": ["b:1"]}]},
        {"job_name": "discovered", "http_sd_configs": [{"url": "http://x/sd"}]},
    ],
}
PRESENT = 'count_over_time(up{job="node"}[15000ms])'
GOOD = f'sum_over_time(up{{job="node"}}[40000ms]) and {PRESENT}'
FILES = {"prometheus/prometheus.yml": CONFIGURATION}


def long_ago() -> float:
    return time.time() - 3600


def test_once_the_window_has_passed_the_share_of_each_job_is_asked(scene: Any) -> None:
    made = scene(FILES, since=long_ago())
    made.prometheus.evaluate = lambda _: 0.995

    assert PROBE.run(made.sight) == "99.5% or more of the due scrapes of each of 2 jobs succeeded"
    quoted, plain = made.prometheus.asked
    assert plain == f"sum({GOOD}) / (8 * count({PRESENT}))"
    assert quoted.startswith(r'sum(sum_over_time(up{job="a \"quoted\" shop"}[4000ms]) and ')
    assert quoted.endswith(r'count(count_over_time(up{job="a \"quoted\" shop"}[1500ms])))')


def test_a_scrape_too_many_in_the_window_does_not_make_more_than_all(scene: Any) -> None:
    made = scene(FILES, since=long_ago())
    made.prometheus.evaluate = lambda _: (WINDOW + 1) / WINDOW

    assert PROBE.run(made.sight).startswith("100.0% or more")


@pytest.mark.parametrize(
    ("ratio", "told"), [(0.99, "99.0%"), (0.875, "87.5%"), (0.0, "0.0%"), (None, "0.0%")]
)
def test_a_job_with_a_skipped_or_failed_scrape_is_waited_for(
    scene: Any, waits: Any, ratio: float | None, told: str
) -> None:
    made = scene(FILES, since=long_ago())
    made.prometheus.evaluate = lambda query: ratio if "node" in query else 1.0

    assert waits(PROBE, made) == f"node: {told} of the due scrapes succeeded within 40 s"


def test_right_after_an_activation_two_good_scrapes_of_each_target_are_enough(scene: Any, waits: Any) -> None:
    made = scene(FILES, since=time.time())
    made.prometheus.evaluate = lambda query: 2.0 if query.startswith("min(sum_over_time") else None
    assert PROBE.run(made.sight).startswith("100.0% or more")
    assert made.prometheus.asked[1] == f"min({GOOD})"

    for fewest in (1.0, 0.0, None):
        made.prometheus.evaluate = lambda query, fewest=fewest: fewest if "node" in query else 2.0
        assert waits(PROBE, made) == f"node: a target was up {fewest or 0:.0f} times, twice is asked"


def test_while_prometheus_was_made_nothing_was_due(scene: Any) -> None:
    made = scene(FILES, since=long_ago())
    made.prometheus.configured = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    made.prometheus.evaluate = lambda query: 2.0 if query.startswith("min(sum_over_time") else 0.0

    assert PROBE.run(made.sight).startswith("100.0% or more")


def test_without_a_job_there_is_nothing_to_ask(scene: Any) -> None:
    bare = {"global": {"scrape_interval": "5s"}, "scrape_configs": []}

    assert PROBE.run(scene({"prometheus/prometheus.yml": bare}).sight) == "there is no scrape job to ask for"
