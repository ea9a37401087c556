"""A throw-away stack reaches nothing outside, whatever the environment says."""

from __future__ import annotations

from pipelines.alerting.sandbox import NEEDED, isolated, scaled
from stack.assemble import running
from stack.duration import seconds
from stack.emit import from_yaml
from stack.environment import Environment
from tests.pipelines.alerting.shipped import inspection

PROD = Environment.model_validate(
    {
        "name": "prod",
        "notifications": "real",
        "targets": {"command_center": ["real:8010"]},
        "resources": [{"kind": "tcp", "name": "db", "address": "db:5432"}],
        "secrets": {"key": "env:KEY", "watchdog_url": "env:URL"},
        "flags": {"prometheus": ["--enable-feature=x"]},
        "prometheus": {
            "global": {"query_log_file": "x"},
            "remote_write": [{"url": "http://elsewhere"}],
            "scrape_configs": [{"job_name": "shop"}],
            "alerting": {"alertmanagers": [{"static_configs": [{"targets": ["real:9093"]}]}]},
        },
    }
)


def test_only_what_is_needed_runs_on_ports_of_its_own_and_tells_the_sink() -> None:
    twin = isolated(PROD, 20.0)

    assert set(running(twin)) == NEEDED
    assert twin.notifications == "sink"
    assert len({twin.ports[name] for name in NEEDED}) == len(NEEDED)
    assert (twin.targets, twin.resources) == ({}, ())
    assert twin.secrets == {"key": "generated"}
    assert set(twin.prometheus) == {"global"}
    assert twin.flags == {
        "prometheus": ("--query.lookback-delta=15000ms",),
        "command_center": ("--speed=20",),
    }
    assert PROD.notifications == "real"


def test_every_rhythm_of_a_rendered_tree_is_faster_and_nothing_else_is_changed() -> None:
    tree = inspection("prod").tree
    faster = scaled(tree, 20.0)
    before, after = (from_yaml(one.files["prometheus/prometheus.yml"]) for one in (tree, faster))

    assert after["global"]["scrape_interval"] == f"{seconds(before['global']['scrape_interval']) * 50:.0f}ms"
    assert after["rule_files"] == before["rule_files"]
    rules = from_yaml(faster.files["prometheus/rules/command-center.yml"])["groups"][0]["rules"]
    assert next(rule for rule in rules if rule.get("for"))["for"] == "15000ms"
    assert from_yaml(faster.files["alertmanager/alertmanager.yml"])["route"]["group_interval"].endswith("ms")
    assert {path for path in tree.files if tree.files[path] != faster.files[path]} == {
        path
        for path in tree.files
        if path.endswith(".yml") and path.startswith(("prometheus/", "alertmanager/"))
    }
