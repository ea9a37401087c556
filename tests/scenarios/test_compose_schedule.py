"""A stack in containers that carries its own clock: it backs itself up, and a kill costs it one backup."""

from __future__ import annotations

import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.compose_lab import compose_lab
from tests.engine import docker
from tests.lab import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.compose_lab import ComposeLab

pytestmark = [pytest.mark.integration, pytest.mark.timeout(900)]

SERVICE = "backup"
OTHER_RUN = 8
"""The exit code where another run is at work in the repository: this one's is each minute."""


@pytest.fixture(scope="module")
def timed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposeLab]:
    """Give a stack that backs up and drills each minute, into a folder, with a password from outside."""
    with (
        pytest.MonkeyPatch.context() as patch,
        compose_lab(tmp_path_factory.mktemp("timed")) as made,
    ):
        patch.setenv("BACKUP_PASSWORD", "correct horse")
        made.environment(
            backup={
                "schedule": "* * * * *",
                "drill": "* * * * *",
                "timezone": "Europe/Berlin",
                "repository": str(made.var / "disk"),
            },
            secrets={"backup_password": "env:BACKUP_PASSWORD"},
        )
        made.invoke("deploy").ok()
        yield made


def place(lab: ComposeLab) -> Path:
    """Give the folder of what a backup keeps on the host."""
    return lab.var / "backups" / lab.name


def kept(lab: ComposeLab) -> set[str]:
    """Give the snapshots that the host sees."""
    return {one["snapshot"] for one in lab.document("backup.list")}


def passed(lab: ComposeLab, task: str, since: float = 0.0) -> list[dict[str, Any]]:
    """Give the records of a task's good runs, which began behind a moment."""
    found: list[dict[str, Any]] = lab.document("runs", "--lines", "100")
    return [
        one for one in found if one["task"] == task and one["result"] == "passed" and one["began"] > since
    ]


def said(lab: ComposeLab) -> str:
    """Give what the clock has said."""
    return docker("logs", lab.container(SERVICE))


def test_it_makes_backups_and_drills_by_itself_and_the_host_has_them(timed: ComposeLab) -> None:
    assert until(lambda: passed(timed, "backup") and passed(timed, "restore.drill"), 240), said(timed)

    newest = passed(timed, "backup")[0]
    assert newest["snapshot"] in kept(timed)
    assert until(lambda: timed.invoke("backup.verify", "--read-data").code != OTHER_RUN, 120)
    timed.invoke("backup.verify", "--read-data").ok()
    rows = {one["job"]: one for one in timed.document("backup.schedule", "show")}
    assert {one["state"] for one in rows.values()} <= {"active", "running"}
    assert all(one["next"] and one["last"] for one in rows.values())
    assert "backup passed after " in said(timed)
    for task in ("backup", "restore.drill"):
        asked = f'monitoring_backup_last_run_success{{task="{task}"}} == 1'
        assert until(partial(timed.query, asked), 60), asked
    sheet = json.loads(timed.invoke("checklist", "--json").out)
    lines = {one["line"]: one["state"] for one in sheet["lines"]}
    assert (lines["backup"], lines["drill"]) == ("green", "green")


def test_it_has_no_more_rights_than_it_needs_and_no_secret_is_in_sight(timed: ComposeLab) -> None:
    facts = timed.inspect(SERVICE)

    assert "correct horse" not in str(facts)
    assert facts["HostConfig"]["ReadonlyRootfs"]
    assert facts["HostConfig"]["CapDrop"] == ["ALL"]
    services = {one["service"]: one for one in timed.document("status")["services"]}
    assert services[SERVICE]["ready"]
    assert timed.invoke("security.audit").code == 0


def test_killed_in_the_middle_it_leaves_nothing_behind_and_the_next_backup_succeeds(
    timed: ComposeLab,
) -> None:
    staging = place(timed) / "staging"
    assert until(lambda: not staging.exists(), 120)
    assert until(staging.exists, 150)
    killed = time.time()
    docker("kill", timed.container(SERVICE))
    assert until(lambda: passed(timed, "backup", since=killed), 240), said(timed)

    docker("stop", timed.container(SERVICE))  # it is started again; for a moment nothing is at work
    left = [path.name for path in place(timed).iterdir()]
    assert "staging" not in left
    assert not [name for name in left if name.startswith("monitoring-drill-")]
    assert list((place(timed) / "notes").iterdir()) == []
    assert timed.inside("data-prometheus", "import os; print(os.listdir('/v/snapshots'))").strip() == "[]"
    assert timed.keepers() == []
    assert until(lambda: timed.inspect(SERVICE)["State"]["Running"], 60)
