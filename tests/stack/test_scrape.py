"""Every scrape job carries `env`, whoever brings it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stack.duration import seconds
from stack.scrape import jobs, owners, shorter
from tests.stack.services.lab import stack


def found(name: str = "lab", **sections: Any) -> dict[str, Any]:
    return {job["job_name"]: job for job in jobs(stack(name, **sections))}


@pytest.mark.parametrize("name", ["local", "prod"])
def test_every_job_of_a_service_has_targets_with_the_environment_s_label(name: str) -> None:
    for job in found(name, targets={"node": ["web-1:9100"], "command_center": ["cc:8010"]}).values():
        for group in job["static_configs"]:
            assert group["labels"]["env"] == name
            assert group["targets"]


def test_targets_are_the_own_service_and_those_that_the_environment_adds() -> None:
    made = found(targets={"node": ["web-1:9100", "web-2:9100"], "command_center": ["cc:8010"]})
    assert made["node"]["static_configs"][0]["targets"] == ["127.0.0.1:9100", "web-1:9100", "web-2:9100"]
    assert made["aetherlink-command-center"]["static_configs"][0]["targets"] == ["cc:8010"]

    alone = found(services={"node": False}, targets={"node": ["web-1:9100"]})
    assert alone["node"]["static_configs"][0]["targets"] == ["web-1:9100"]


def test_a_service_that_runs_nowhere_has_no_job() -> None:
    assert "aetherlink-command-center" not in found()
    assert "pushgateway" not in found(services={"pushgateway": False})


def test_a_job_passed_through_gets_the_label_before_its_own_relabelling() -> None:
    own = {"target_label": "team", "replacement": "${{ env.name }}"}
    sections = [
        {"job_name": "shop", "static_configs": [{"targets": ["shop:1"]}], "relabel_configs": [own]},
        {"job_name": "bare", "file_sd_configs": [{"files": ["a.json"]}], "relabel_configs": None},
    ]
    made = found(prometheus={"scrape_configs": sections})

    label = {"target_label": "env", "replacement": "lab"}
    assert made["shop"]["relabel_configs"] == [label, {"target_label": "team", "replacement": "lab"}]
    assert made["bare"]["relabel_configs"] == [label]
    assert made["shop"]["static_configs"] == [{"targets": ["shop:1"]}]


@pytest.mark.parametrize("name", ["node", "blackbox-http", "shop"])
def test_any_job_can_be_left_out_by_its_name(name: str) -> None:
    own = {"scrape_configs": [{"job_name": "shop", "static_configs": [{"targets": ["shop:1"]}]}]}
    whole = found(prometheus=own)

    left = found(prometheus=own, disable={"scrape_jobs": [name]})
    assert whole.keys() - left.keys() == {name}


def test_metrics_that_say_themselves_whose_they_are_keep_their_labels() -> None:
    made = found("local")

    honouring = {name for name, job in made.items() if job.get("honor_labels")}
    assert honouring == {"aetherlink-command-center", "pushgateway"}


def limits(name: str, **sections: Any) -> tuple[Any, Any]:
    job = found(**sections)[name]
    return job.get("sample_limit"), job.get("label_limit")


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({}, (10_000, 40)),
        ({"cardinality": {"sample_limit": 500, "label_limit": 9}}, (500, 9)),
        ({"cardinality": {"jobs": {"node": 700, "shop": 80}}}, (700, 40)),
        ({"prometheus": {"global": {"sample_limit": 3, "label_limit": 4}}}, (None, None)),
        ({"prometheus": {"global": {"label_limit": 4}}, "cardinality": {"jobs": {"node": 7}}}, (7, None)),
    ],
)
def test_a_job_has_the_environments_limits_unless_all_jobs_have_others(
    sections: dict[str, Any], expected: tuple[Any, Any]
) -> None:
    assert limits("node", **sections) == expected


def test_a_job_that_is_passed_through_keeps_the_limits_that_it_has() -> None:
    own = {"job_name": "shop", "static_configs": [{"targets": ["shop:1"]}]}
    for job, expected in (
        (own, (80, 40)),
        ({**own, "sample_limit": 0}, (0, 40)),
        ({**own, "sample_limit": 5, "label_limit": 6}, (5, 6)),
    ):
        made = limits("shop", prometheus={"scrape_configs": [job]}, cardinality={"jobs": {"shop": 80}})
        assert made == expected


def test_every_job_has_the_service_that_brings_it_also_where_it_has_no_target() -> None:
    made = owners(stack("prod", services={"blackbox": False}))

    assert made["aetherlink-command-center"] == "command_center"
    assert (made["blackbox"], made["blackbox-http"], made["node"]) == ("blackbox", "blackbox", "node")


@pytest.mark.parametrize(("usual", "interval", "timeout"), [("1m", "15s", "10s"), ("5s", "5s", "5s")])
def test_the_command_center_is_scraped_at_least_as_often_as_it_is_asked_for(
    usual: str, interval: str, timeout: str
) -> None:
    job = found("local", scrape_interval=usual, scrape_timeout="5s")["aetherlink-command-center"]

    assert (job["scrape_interval"], job["scrape_timeout"]) == (interval, timeout)


durations = st.builds("{}{}".format, st.integers(1, 999), st.sampled_from(["ms", "s", "m", "h", "d"]))


@given(durations, durations)
def test_the_shorter_of_two_durations_is_one_of_them_and_no_longer_than_either(one: str, other: str) -> None:
    assert shorter(one, other) in {one, other}
    assert seconds(shorter(one, other)) == min(seconds(one), seconds(other))
