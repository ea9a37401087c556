"""Which contract a job is held against, which page it reads, and the labels that it gives."""

from __future__ import annotations

from typing import Any

import pytest

from stack.contract.jobs import contract_name, is_discovered, page, static_targets
from stack.contract.targets import target_of

STATIC: dict[str, Any] = {"static_configs": [{"targets": ["a:1", "b:2"], "labels": {"env": "x"}}]}
PROBES = {
    "job_name": "blackbox-http",
    "metrics_path": "/probe",
    "params": {"module": ["http_2xx"]},
    "static_configs": [{"targets": ["http://a/", "http://b/"]}],
    "relabel_configs": [{"source_labels": ["__address__"], "target_label": "__param_target"}],
}


@pytest.mark.parametrize(
    ("job", "contract"),
    [
        ({"job_name": "shop", **STATIC}, "shop"),
        ({"job_name": "aetherlink-command-center", **STATIC}, "command_center"),
        ({"job_name": "discovered", "http_sd_configs": [{"url": "http://a"}]}, None),
        ({"job_name": "nobody", **STATIC}, None),
        ({}, None),
    ],
)
def test_a_job_has_the_contract_of_its_own_name_else_its_service_s(
    job: dict[str, Any], contract: str | None
) -> None:
    owners = {"aetherlink-command-center": "command_center", "discovered": "resources", "lost": "gone"}
    assert contract_name(job, {"shop", "command_center", "resources"}, owners) == contract


def test_the_page_of_a_job_is_its_first_target_s() -> None:
    assert page({"job_name": "node", **STATIC}) == ("/metrics", {})
    assert page(PROBES) == ("/probe", {"module": ["http_2xx"], "target": ["http://a/"]})
    assert static_targets(STATIC) == ["a:1", "b:2"]
    assert is_discovered({"file_sd_configs": [{"files": ["a.json"]}]})
    assert not is_discovered({"file_sd_configs": []})


@pytest.mark.parametrize(
    ("job", "labels", "any_label"),
    [
        (STATIC, {"env": ("x",)}, False),
        (
            {"static_configs": [{"labels": {"a": "1"}}, {"labels": {"a": 2}}, {}]},
            {"a": ("", "1", "2")},
            False,
        ),
        ({"relabel_configs": [{"target_label": "env", "replacement": "prod"}]}, {"env": ("prod",)}, False),
        (
            {**STATIC, "relabel_configs": [{"target_label": "env", "source_labels": ["a"]}]},
            {"env": ()},
            False,
        ),
        ({"relabel_configs": [{"target_label": "a", "replacement": "$1"}]}, {"a": ()}, False),
        ({"relabel_configs": [{"target_label": "a", "action": "hashmod", "modulus": 2}]}, {"a": ()}, False),
        ({"relabel_configs": [{"target_label": "__address__", "replacement": "a:1"}]}, {}, False),
        ({"metric_relabel_configs": [{"target_label": "b", "replacement": "c"}]}, {"b": ("c",)}, False),
        ({"relabel_configs": [{"action": "labelmap", "regex": "__meta_(.+)"}]}, {}, True),
        ({"http_sd_configs": [{"url": "http://a"}]}, {}, True),
    ],
)
def test_target_labels_are_told_from_the_job(
    job: dict[str, Any], labels: dict[str, tuple[str, ...]], any_label: bool
) -> None:
    target = target_of({"job_name": "shop", **job})
    assert target.labels == {"job": ("shop",), "instance": (), **labels}
    assert target.any_label is any_label


def test_a_label_that_both_have_is_the_target_s_unless_the_job_honours_the_metric_s() -> None:
    own = {"env": (), "mode": ("a",)}
    plain, honest = (
        target_of({"job_name": "s", **STATIC}),
        target_of({"job_name": "s", "honor_labels": True, **STATIC}),
    )

    assert plain.over(own) == {
        "job": ("s",),
        "instance": (),
        "env": ("x",),
        "mode": ("a",),
        "exported_env": (),
    }
    assert honest.over(own) == {"job": ("s",), "instance": (), "env": (), "mode": ("a",)}
