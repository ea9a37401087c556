"""Where a stack carries its own clock nothing is installed: the verb asks the service, and tells of it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.backup import schedule
from stack.errors import EnvironmentInvalid, Refused
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_httpserver import HTTPServer

NIGHTLY = {"schedule": "17 2 * * *", "drill": "43 4 * * 0"}
ON = ("backup.schedule=17 2 * * *",)
TOLD = [
    {"job": "backup", "at": "17 2 * * *", "next": 1790000000.0, "last": 1789900000.0, "running": False},
    {"job": "restore.drill", "at": "43 4 * * 0", "next": 1790100000.0, "last": None, "running": True},
]
BY = "service backup of the stack"


@pytest.fixture
def runtime(tmp_path: Path, httpserver: HTTPServer) -> Noting:
    """Give a runtime in which the service runs and answers."""
    httpserver.expect_request("/").respond_with_json(TOLD)
    made = Noting(tmp_path / "prod", doors={"backup": httpserver.url_for("")}, name="compose")
    return made.deployed(release("prod", runtime="compose", backup=NIGHTLY))


@pytest.fixture
def said(tmp_path: Path, runtime: Noting, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Run the verb to its good end, and give its lines."""

    def run(action: str = "", overrides: tuple[str, ...] = ON, **more: Any) -> list[str]:
        capsys.readouterr()
        wants_json, other = more.pop("json", False), more.pop("runtime", runtime)
        doors = effects(tmp_path, other, json=wants_json, action=action, **{**schedule.USUAL, **more})
        options = replace(doors.options, environment="prod", overrides=overrides)
        assert schedule.run(replace(doors, options=options)) == 0
        return capsys.readouterr().out.splitlines()

    return run


def test_it_says_who_carries_it_and_when_it_goes_off_next(
    crontab: Path, said: Callable[..., list[str]]
) -> None:
    [line] = said()
    assert line == (
        f"prod needs no clock of this machine, by {BY}: backup 2026-09-21 14:13:20Z, "
        "restore.drill 2026-09-22 18:00:00Z; next: invoke backup.schedule show --env prod"
    )
    assert not crontab.exists()


def test_show_has_it_as_it_has_timers(crontab: Path, said: Callable[..., list[str]]) -> None:
    rows = json.loads("\n".join(said("show", json=True)))

    assert rows == [
        {
            "job": "backup",
            "by": f"{BY}, `17 2 * * *`",
            "state": "active",
            "next": "2026-09-21 14:13:20Z",
            "last": "2026-09-20 10:26:40Z",
        },
        {
            "job": "restore.drill",
            "by": f"{BY}, `43 4 * * 0`",
            "state": "running",
            "next": "2026-09-22 18:00:00Z",
            "last": "",
        },
    ]
    assert said("show")[-1] == "2 job(s) of prod run by the clock"


def test_remove_says_how_it_is_switched_off(crontab: Path, said: Callable[..., list[str]]) -> None:
    with pytest.raises(Refused, match="prod is backed up by a service of its own stack") as caught:
        said("remove")

    assert caught.value.advice == "take `backup.schedule` out of its environment, then deploy"


def test_a_clock_of_the_machine_that_runs_them_as_well_is_told_and_can_be_removed(
    crontab: Path, said: Callable[..., list[str]]
) -> None:
    said(overrides=())
    assert crontab.exists()

    assert said()[0] == (
        "  ! this machine runs them, too; end that with: invoke backup.schedule remove --env prod"
    )
    assert said("show")[-1] == "4 job(s) of prod run by the clock"
    assert said("remove") == ["prod is no longer backed up by this machine's clock; its own service goes on"]
    assert not crontab.exists()


@pytest.mark.parametrize("option", ["at", "drill_at"])
def test_moments_are_the_environment_s_to_say(
    option: str, crontab: Path, said: Callable[..., list[str]]
) -> None:
    with pytest.raises(Refused, match="backs up when its environment says so") as caught:
        said(**{option: "5 5 * * *"})

    assert caught.value.advice == "change `backup.schedule` and `backup.drill` there, then deploy"


def test_what_is_not_deployed_yet_or_does_not_answer_is_told(
    crontab: Path, said: Callable[..., list[str]], runtime: Noting, tmp_path: Path
) -> None:
    bare = Noting(tmp_path / "prod", name="compose")
    [line] = said(runtime=bare)
    assert line == (
        f"prod needs no clock of this machine, by {BY}: backup not deployed, restore.drill not deployed; "
        "next: invoke deploy --env prod"
    )
    older = bare.deployed(release("prod", runtime="compose"))
    assert "not deployed" in said("show", runtime=older)[1]
    runtime.doors = {"backup": "http://127.0.0.1:9"}
    assert "no answer" in said("show")[1]
    without = said("show", (*ON, "backup.drill="))
    assert without[-1] == "1 job(s) of prod run by the clock"


def test_without_any_clock_on_the_machine_it_is_all_the_same(
    said: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    assert said()[0].startswith("prod needs no clock of this machine")
    assert said("show")[-1] == "2 job(s) of prod run by the clock"


def test_an_odd_moment_in_the_environment_is_told(crontab: Path, said: Callable[..., list[str]]) -> None:
    with pytest.raises(EnvironmentInvalid):
        said(overrides=("backup.schedule=soon",))
