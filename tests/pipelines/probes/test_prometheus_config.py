"""What Prometheus runs is compared with what was rendered, in whatever words it tells it."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.probes.prometheus_config import PROBE, missing

if TYPE_CHECKING:
    from collections.abc import Callable

DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1), inner, max_size=3),
)


def live(made: Any) -> Any:
    """Tell the rendered configuration as the server does: with its defaults, and absolute paths."""
    told = deepcopy(made.sight.rendered("prometheus/prometheus.yml"))
    told["rule_files"] = ["/lab/current/prometheus/rules/*.yml"]
    told["runtime"] = {"gogc": 75}
    for job in told["scrape_configs"]:
        job |= {"metrics_path": job.get("metrics_path", "/metrics"), "enable_http2": True}
    return told


def test_defaults_and_absolute_paths_are_no_difference(scene: Any) -> None:
    made = scene()
    made.prometheus.configuration = live(made)

    count = len(made.sight.rendered("prometheus/prometheus.yml")["scrape_configs"])
    assert PROBE.run(made.sight) == f"{count} scrape jobs are live as rendered"


def test_the_first_value_that_is_not_live_is_named(scene: Any, waits: Any) -> None:
    made = scene()
    changes: dict[str, Callable[[Any], object]] = {
        "global.scrape_interval": lambda told: told["global"].update(scrape_interval="16s"),
        "scrape_configs": lambda told: told["scrape_configs"].append({"job_name": "old"}),
        "scrape_configs.1.job_name": lambda told: told["scrape_configs"][1].update(job_name="x"),
        "alerting.alertmanagers": lambda told: told.pop("alerting"),
    }
    for path, change in changes.items():
        made.prometheus.configuration = live(made)
        change(made.prometheus.configuration)
        assert waits(PROBE, made) == f"{path} of the live configuration is not what was rendered"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("60s", "1m"),
        ("90s", "1m30s"),
        ("10MB", "10MiB"),
        ("1536KB", "1MiB512KiB"),
        (True, True),
        (True, "true"),
        (7, "7"),
        ("Replace", "replace"),
        ("made up", "<secret>"),
        ("../../secrets/word", "/lab/local/secrets/word"),
        ("targets/*.json", "/lab/local/current/prometheus/targets/*.json"),
        ("./a/.b", "/lab/a/.b"),
        ([], None),
        ({}, None),
        (False, None),
        ({"insecure_skip_verify": False}, None),
    ],
)
def test_prometheus_tells_the_same_in_other_words(wanted: Any, told: Any) -> None:
    assert missing({"a": wanted}, {"a": told, "b": "a default"}) == ""


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("60s", "6m"),
        ("10MB", "10KiB"),
        ("../../secrets/word", "/lab/local/secrets/sword"),
        ("../../secrets/word", "lab/secrets/word"),
        ("/etc/a", "/lab/etc/a"),
        (True, None),
        (True, "false"),
        ("x", None),
        ([1], [1, 2]),
        ([1], None),
        ({"b": 1}, None),
        ({"b": 1}, "b"),
        ("1", ["1"]),
    ],
)
def test_another_value_is_never_taken_for_the_same(wanted: Any, told: Any) -> None:
    assert missing({"a": wanted}, {"a": told}).startswith("a")


@given(DOCUMENTS)
def test_nothing_of_a_document_is_missing_in_itself(document: Any) -> None:
    assert missing(document, document) == ""


@given(st.dictionaries(st.text(min_size=1), st.text(min_size=1), min_size=1))
@example({"0": "NONE"})
def test_whatever_is_left_out_is_missing(document: dict[str, str]) -> None:
    assert missing(document, {}) != ""
