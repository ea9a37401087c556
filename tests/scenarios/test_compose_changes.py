"""Only what changed is touched, the plan says so before, and data survives what is not meant to end it."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from tests.compose_lab import LEFT_OUT, SMALL
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]


@contextmanager
def mounts(volume: str) -> Iterator[list[str]]:
    """Note the containers that mount a volume meanwhile; the list is filled at the end."""
    words = ("docker", "events", "--filter", f"volume={volume}", "--filter", "event=mount")
    seen: list[str] = []
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        yield seen
        process.terminate()
        seen += process.stdout or ()


def planned(lab: ComposeLab) -> str:
    """Give what a deploy would do, which its exit code says as well."""
    said = lab.invoke("deploy.plan")
    assert said.code == 2, said.out + said.err
    return said.out


def test_a_rule_reloads_prometheus_alone_and_recreates_nothing(compose: ComposeLab) -> None:
    before = compose.containers()
    compose.rule("Extra", "up > 3")
    assert "prometheus       reload" in planned(compose)

    said = compose.invoke("deploy").ok()
    done = [line for line in said.out.splitlines() if "reloaded" in line or "started" in line]
    assert [line.split()[1] for line in done if "prometheus" in line] == ["prometheus"]
    assert compose.containers() == before
    assert "up \\u003e 3" in compose.get("prometheus", "/api/v1/rules").text


def test_a_recreated_service_leaves_no_gap_in_the_scrapes_of_the_others(compose: ComposeLab) -> None:
    assert until(lambda: compose.query("count_over_time(up{job='sink'}[5m]) > 5"))
    before = compose.containers()
    compose.environment(flags={"node": ["--log.level=error"]})
    assert "node             recreate" in planned(compose)

    compose.invoke("deploy").ok()
    after = compose.containers()
    assert [name for name in SMALL if after[name] != before[name]] == ["node"]
    others = compose.query("min(min_over_time(up{job!='node'}[1m]))")
    assert others[0]["value"][1] == "1"
    gaps = compose.query("min(count_over_time(up{job!='node'}[30s]))")
    assert float(gaps[0]["value"][1]) >= 25, "one scrape a second, and the machine is shared"


def test_a_service_that_is_new_is_reached_and_one_that_goes_is_forgotten(compose: ComposeLab) -> None:
    before = compose.containers()
    compose.environment(disable={"services": [name for name in LEFT_OUT if name != "pushgateway"]})
    out = planned(compose)
    assert "pushgateway      create" in out
    assert "proxy            reload" in out
    compose.invoke("deploy").ok()
    assert compose.containers().items() > before.items()
    assert compose.get("pushgateway", "/-/ready").ok

    compose.environment()
    compose.invoke("deploy").ok()
    assert compose.containers() == before
    assert compose.get("pushgateway", "/-/ready").status_code == 404


def test_what_was_stopped_and_started_or_destroyed_keeps_its_data_and_secrets(compose: ComposeLab) -> None:
    compose.get("prometheus", "/-/ready").raise_for_status()
    first = compose.query("min_over_time(timestamp(up{job='node'})[1h:1s])")[0]["value"][1]
    token = (compose.root / "secrets" / "deploy_token").read_text()

    compose.invoke("stop").ok()
    assert compose.containers() == {}
    compose.invoke("start").ok()
    assert until(compose.serving, 60.0)
    compose.invoke("restart", "alertmanager").ok()
    compose.invoke("destroy", "--keep-data", "--yes").ok()
    assert compose.networks() == []
    compose.invoke("deploy").ok()

    assert (compose.root / "secrets" / "deploy_token").read_text() == token
    again = compose.query("min_over_time(timestamp(up{job='node'})[1h:1s])")[0]["value"][1]
    assert float(again) <= float(first) + 60, "samples from before are still there"
    assert compose.containers().keys() == set(SMALL)


def test_one_keeper_does_all_the_work_of_a_first_deploy(compose: ComposeLab) -> None:
    compose.invoke("destroy", "--yes").ok()
    with mounts(f"{compose.project}_vault") as seen:
        compose.invoke("deploy").ok()

    assert len(seen) == 1
