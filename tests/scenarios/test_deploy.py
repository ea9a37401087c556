"""A deploy, from an empty folder to a proved stack, and what each later one changes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from stack.tree import Tree
from tests.lab import until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.lab import Lab

pytestmark = pytest.mark.integration


def contents(folder: Path) -> Tree:
    """Everything that a plan could have changed: not what the running servers themselves write."""
    whole = Tree.read(folder).files
    return Tree(
        {path: data for path, data in whole.items() if not path.startswith(("data/", "logs/", "supervisor/"))}
    )


def actions(lab: Lab) -> dict[str, str]:
    """What a plan would do, by service; those with nothing to do are left out."""
    plan = json.loads(lab.invoke("deploy.plan", "--json").out)
    return {c["service"]: c["action"] for c in plan["changes"] if c["action"] != "nothing"}


def test_a_first_deploy_leaves_a_proved_stack_and_a_second_one_changes_nothing(lab: Lab) -> None:
    first = lab.invoke("deploy").ok()
    pids = {name: lab.pid(name) for name in ("prometheus", "alertmanager", "node", "resources", "sink")}

    assert "an alert of this release was delivered" in first.out
    assert lab.state()["state"] == "proved"
    assert lab.live() in first.last
    beat = lab.get("resources", "/watchdog").json()
    assert beat["release"] == lab.live()
    assert {s["metric"]["env"] for s in lab.query("up")} == {"local"}

    second = lab.invoke("deploy").ok()
    assert {name: lab.pid(name) for name in pids} == pids
    assert lab.live() in second.last
    assert lab.invoke("deploy.plan").code == 0


def test_a_plan_names_each_change_and_touches_nothing(deployed: Lab) -> None:
    before = contents(deployed.root)
    deployed.rule("Extra", "up == 0")
    said = deployed.invoke("deploy.plan")

    assert said.code == 2
    assert "prometheus       reload: prometheus/rules/Extra.yml changed and 1 more" in said.out
    assert "+++ b/prometheus/rules/Extra.yml" in said.out
    assert contents(deployed.root) == before
    assert deployed.query("ALERTS{alertname='Extra'}") == []


def test_a_rule_is_reloaded_a_flag_recreates_and_the_others_are_left_alone(deployed: Lab) -> None:
    kept = {name: deployed.pid(name) for name in ("alertmanager", "node", "resources", "prometheus")}
    deployed.rule("Extra", "up == 1")
    deployed.invoke("deploy").ok()

    assert {name: deployed.pid(name) for name in kept} == kept
    assert until(lambda: deployed.query("ALERTS{alertname='Extra',alertstate='firing'}"))

    deployed.environment(retention="16d")
    assert actions(deployed) == {"prometheus": "recreate"}
    deployed.invoke("deploy").ok()
    assert deployed.pid("prometheus") != kept.pop("prometheus")
    assert {name: deployed.pid(name) for name in kept} == kept
    assert deployed.query("count_over_time(up{job='node'}[5m])")[0]["value"][1] > "1"


def test_a_release_that_somebody_edited_is_seen_and_written_anew(deployed: Lab) -> None:
    path = deployed.root / "current" / "prometheus" / "rules" / "node.yml"
    before = path.read_bytes()
    path.write_bytes(before + b"# edited\n")

    assert actions(deployed) == {"prometheus": "reload"}
    deployed.invoke("deploy").ok()
    assert path.read_bytes() == before
    assert actions(deployed) == {}


def test_a_service_that_is_switched_off_is_stopped_and_no_longer_scraped(deployed: Lab) -> None:
    deployed.environment(services={"pushgateway": False})
    assert actions(deployed)["pushgateway"] == "remove"
    deployed.invoke("deploy").ok()

    targets = deployed.get("prometheus", "/api/v1/targets?state=active").text
    assert "pushgateway" not in targets
    assert str(deployed.ports["node"]) in targets
    with pytest.raises(StopIteration):
        deployed.pid("pushgateway")


def test_a_printed_plan_is_applied_as_it_is_and_refused_when_it_is_stale(
    deployed: Lab, tmp_path: Path
) -> None:
    deployed.rule("Extra", "up == 0")
    plan = str(tmp_path / "plan.json")
    assert deployed.invoke("deploy.plan", "--out", plan).code == 2

    deployed.rule("Another", "up == 0")
    refused = deployed.invoke("deploy", "--plan", plan)
    assert refused.code == 1
    assert "make a new plan" in refused.last

    (deployed.site / "rules" / "Another.yml").unlink()
    deployed.invoke("deploy", "--plan", plan).ok()
    again = deployed.invoke("deploy", "--plan", plan)
    assert again.code == 9
    assert "the plan was made against release" in again.last


def test_rollback_goes_to_the_release_before_or_to_a_named_one(deployed: Lab) -> None:
    first = deployed.live()
    deployed.rule("Extra", "up == 0")
    deployed.invoke("deploy").ok()
    second = deployed.live()

    deployed.invoke("rollback").ok()
    assert deployed.live() == first
    assert "Extra" not in deployed.get("prometheus", "/api/v1/rules").text

    deployed.invoke("rollback", second).ok()
    assert deployed.live() == second
    assert "Extra" in deployed.get("prometheus", "/api/v1/rules").text
    unknown = deployed.invoke("rollback", "nope")
    assert unknown.code == 10
    assert f"release 'nope' is not kept; kept are: {second}, {first}" in unknown.last


def test_the_life_cycle_keeps_data_and_destroy_keeps_only_what_was_asked_for(deployed: Lab) -> None:
    release = deployed.live()
    assert until(lambda: deployed.query("up"))
    stopped = deployed.invoke("stop").ok()
    assert deployed.processes() == []
    assert "invoke start" in stopped.last
    assert deployed.invoke("status").code == 1

    deployed.invoke("start").ok()
    assert deployed.live() == release
    assert deployed.invoke("status", "--json").ok().out.count('"ready": true') == 8

    refused = deployed.invoke("destroy")
    assert refused.code == 1
    assert "say --yes" in refused.last
    deployed.invoke("destroy", "--yes", "--keep-data").ok()
    assert {path.name for path in deployed.root.iterdir()} <= {"data", "secrets"}
    deployed.invoke("deploy").ok()
    assert deployed.query("count_over_time(up{job='node'}[10m])")
    assert deployed.query(
        "min_over_time(process_start_time_seconds{job='prometheus'}[10m]) < "
        "max_over_time(process_start_time_seconds{job='prometheus'}[10m])"
    )


def test_one_service_is_restarted_and_logs_releases_and_runs_are_told(deployed: Lab) -> None:
    before = deployed.pid("node")
    deployed.invoke("restart", "node").ok()

    assert deployed.pid("node") != before
    assert "node_exporter" in deployed.invoke("logs", "node").ok().out
    assert deployed.invoke("restart", "nodes").code == 1
    assert "there are: alertmanager" in deployed.invoke("logs", "nodes").last
    assert deployed.live() in deployed.invoke("releases").ok().out
    runs = json.loads(deployed.invoke("runs", "--json").ok().out)
    assert [(run["task"], run["result"]) for run in runs] == [("deploy", "passed")]
    assert [stage["stage"] for stage in runs[0]["stages"]] == ["render", "validate", "plan", "apply", "smoke"]
    assert str(deployed.ports["prometheus"]) in deployed.invoke("open").ok().out


def test_outcomes_of_deploys_are_metrics(deployed: Lab) -> None:
    query = 'monitoring_deploy_last_run_success{task="deploy"}'
    assert until(lambda: deployed.query(query))
    deployed.rule("Broken", "up ==")
    assert deployed.invoke("deploy").code == 4

    assert until(lambda: deployed.query(f"{query} == 0"))
    failed = 'monitoring_deploy_last_run_tests{task="deploy", kind="check", outcome="failed"} > 0'
    assert until(lambda: deployed.query(failed))


def test_secrets_stay_in_their_files(lab: Lab) -> None:
    value = "a-value-that-must-stay-secret"
    receiver = {"name": "chat", "slack_configs": [{"api_url_file": "${{ secrets.hook }}", "channel": "#x"}]}
    route = {"receiver": "chat", "group_wait": "1s", "group_interval": "5s"}
    lab.environment(
        notifications="real",
        alertmanager={"route": route, "receivers": [receiver], "inhibit_rules": []},
        secrets={"hook": "env:LAB_HOOK"},
    )
    lab.told("chat")
    refused = lab.invoke("deploy")
    assert refused.code == 5
    assert "the variable LAB_HOOK is not set" in refused.last
    said = lab.invoke("deploy", LAB_HOOK=value).ok()

    secret = lab.root / "secrets" / "hook"
    assert secret.read_text() == value
    assert secret.stat().st_mode & 0o777 == 0o600
    assert value not in said.out + said.err
    elsewhere = [
        path
        for path in lab.var.rglob("*")
        if path.is_file()
        and path != secret
        and "cache" not in path.parts
        and value.encode() in path.read_bytes()
    ]
    assert elsewhere == []
    for process in lab.processes():
        assert value not in " ".join(process.cmdline())
        assert value not in str(process.environ())
    assert os.environ.get("LAB_HOOK") is None
