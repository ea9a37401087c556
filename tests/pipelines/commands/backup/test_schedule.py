"""Backups and drills by the clock: systemd's timers, else cron, else a line that says what to run."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.commands.backup import schedule
from stack.clients import systemd
from stack.errors import CommandFailed, EnvironmentInvalid, Refused
from tests.doubles.programs import put
from tests.pipelines.core.doubles import BARE, effects

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

USUAL = {"at": "*-*-* 02:17:00", "drill_at": "Sun *-*-* 04:43:00"}
SYSTEMCTL = r"""#!/bin/sh
echo "$*" >> {noted}
case "$*" in *show*) printf 'ActiveState=active\nNextElapseUSecRealtime=tomorrow\nLastTriggerUSec=\n';; esac
"""


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in schedule.KEPT:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def timers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Be a user of a machine with systemd, and give the folder of his units."""
    put(tmp_path / "bin", "systemctl", SYSTEMCTL.format(noted=tmp_path / "asked").encode())
    put(tmp_path / "bin", "loginctl", b"#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(systemd, "BOOTED", tmp_path)
    return tmp_path / "config" / "systemd" / "user"


@pytest.fixture
def said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """Run the verb to its good end, and give its lines."""

    def run(action: str = "", *, sites: tuple[Path, ...] = (), **more: Any) -> list[str]:
        capsys.readouterr()
        settings, wants_json = more.pop("overrides", ()), more.pop("json", False)
        doors = effects(tmp_path, json=wants_json, **{"action": action, **USUAL, **more})
        options = replace(doors.options, environment="prod", sites=sites, overrides=settings)
        assert schedule.run(replace(doors, options=options)) == 0
        return capsys.readouterr().out.splitlines()

    return run


def line(path: Path, begin: str) -> str:
    return next(line for line in path.read_text().splitlines() if line.startswith(begin))


def test_two_timers_are_installed_shown_and_removed(
    timers: Path, said: Callable[..., list[str]], tmp_path: Path
) -> None:
    backup, drill = timers / "backup-monitoring-prod.timer", timers / "drill-monitoring-prod.timer"
    assert said()[0] == (
        "prod is backed up at `*-*-* 02:17:00`, a restore drilled at `Sun *-*-* 04:43:00`, "
        f"by {backup} and {drill}; next: invoke backup.schedule show --env prod"
    )
    shell = f'ExecStart="/bin/sh" "{BARE}/run" "invoke"'
    assert line(backup.with_suffix(".service"), "ExecStart") == f'{shell} "backup" "--env" "prod"'
    assert line(drill.with_suffix(".service"), "ExecStart") == f'{shell} "restore.drill" "--env" "prod"'
    assert line(backup, "OnCalendar") == "OnCalendar=*-*-* 02:17:00"
    assert line(drill, "OnCalendar") == "OnCalendar=Sun *-*-* 04:43:00"
    assert {
        "--user restart backup-monitoring-prod.timer",
        "--user restart drill-monitoring-prod.timer",
    } <= set((tmp_path / "asked").read_text().splitlines())

    assert [row.split()[:3] for row in said("show")[1:3]] == [
        ["backup-monitoring-prod", "active", "tomorrow"],
        ["drill-monitoring-prod", "active", "tomorrow"],
    ]
    assert said("remove") == ["prod is no longer backed up by the clock"]
    assert list(timers.iterdir()) == []
    assert said("remove") == said("show") == ["nothing of prod is run by the clock"]


def test_it_runs_about_the_same_stack_as_now_and_no_secret_is_written(
    timers: Path,
    said: Callable[..., list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MONITORING_VAR", "some var")
    monkeypatch.setenv("MONITORING_AGE_KEY", "AGE-SECRET-KEY-1")
    monkeypatch.setenv("DOCKER_HOST", "ssh://box")
    site = tmp_path / "my site"
    site.mkdir()
    said(sites=(site,), overrides=("retention=60d",), at="daily")
    service = timers / "backup-monitoring-prod.service"

    assert f'"--env" "prod" "--site" "{site}" "--set" "retention=60d"' in line(service, "ExecStart")
    assert f'Environment="MONITORING_VAR={tmp_path}/some var"' in service.read_text()
    assert 'Environment="DOCKER_HOST=ssh://box"' in service.read_text()
    assert line(service.with_suffix(".timer"), "OnCalendar") == "OnCalendar=daily"
    assert not [path for path in timers.iterdir() if "AGE-SECRET" in path.read_text()]


def test_without_systemd_the_crontab_gets_two_lines_and_gives_them_back(
    crontab: Path, said: Callable[..., list[str]]
) -> None:
    before = b"MAILTO=me\r\n# \xff\n5 5 * * * mine"
    crontab.write_bytes(before)
    [last] = said()
    assert last.startswith(
        "prod is backed up at `17 2 * * *`, a restore drilled at `43 4 * * 0`, by lines of the crontab"
    )
    ours = [
        "# begin monitoring prod (invoke backup.schedule)",
        f"17 2 * * * /bin/sh {BARE}/run invoke backup --env prod",
        f"43 4 * * 0 /bin/sh {BARE}/run invoke restore.drill --env prod",
        "# end monitoring prod (invoke backup.schedule)",
        "",
    ]
    assert crontab.read_bytes() == "\n".join(ours).encode() + before

    said("install", at="5 3 * * *")
    assert crontab.read_bytes() == "\n".join(ours).encode().replace(b"17 2 *", b"5 3 *") + before
    assert [row.split()[0] for row in said("show")[1:3]] == [
        "backup-monitoring-prod",
        "drill-monitoring-prod",
    ]
    assert said("remove") == ["prod is no longer backed up by the clock"]
    assert crontab.read_bytes() == before
    assert said("remove") == said("show") == ["nothing of prod is run by the clock"]
    assert crontab.read_bytes() == before


@pytest.mark.parametrize("action", ["", "install", "remove", "show"])
def test_a_machine_without_any_clock_is_told_what_to_run(
    action: str, said: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="this machine has neither systemd nor cron") as caught:
        said(action)
    assert caught.value.advice == (
        f"have its own clock run each day: /bin/sh {BARE}/run invoke backup --env prod; "
        f"and each week: /bin/sh {BARE}/run invoke restore.drill --env prod"
    )


def test_a_machine_that_has_systemd_and_was_not_started_by_it_runs_them_by_cron(
    timers: Path,
    crontab: Path,
    said: Callable[..., list[str]],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(systemd, "BOOTED", tmp_path / "nowhere")
    said()
    assert not timers.exists()
    assert "invoke backup --env prod" in crontab.read_text()


def test_odd_moments_and_words_are_refused_and_nothing_is_written(
    timers: Path, said: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    put(tmp_path / "bin", "systemd-analyze", b"#!/bin/sh\nexit 1\n")
    with pytest.raises(Refused, match="'never' names no moments"):
        said(at="never")
    with pytest.raises(Refused, match=r"backup\.schedule takes `install`, `remove` or `show`, not 'stop'"):
        said("stop")
    assert not timers.exists()


def test_an_odd_time_of_cron_leaves_the_crontab(crontab: Path, said: Callable[..., list[str]]) -> None:
    with pytest.raises(Refused, match="no five fields of cron"):
        said(drill_at="Mon *-*-* 04:43:00")
    assert not crontab.exists()


def test_an_environment_that_there_is_none_of_is_not_scheduled(timers: Path, tmp_path: Path) -> None:
    doors = effects(tmp_path, action="install", at="daily", drill_at="weekly")
    with pytest.raises(EnvironmentInvalid):
        schedule.run(replace(doors, options=replace(doors.options, environment="nope")))
    assert not timers.exists()


def test_what_systemd_refuses_is_told(timers: Path, said: Callable[..., list[str]], tmp_path: Path) -> None:
    put(tmp_path / "bin", "systemctl", b"#!/bin/sh\necho no bus >&2\nexit 1\n")
    with pytest.raises(CommandFailed, match="no bus"):
        said()


def test_a_secret_that_the_clock_cannot_know_is_told(timers: Path, said: Callable[..., list[str]]) -> None:
    lines = said(overrides=("secrets.backup_password=env:BACKUP_PASSWORD",))

    assert lines[0] == "  ! secret backup_password comes from a variable, which the clock's runs lack"


def test_the_json_says_by_what_and_when(timers: Path, said: Callable[..., list[str]]) -> None:
    found = json.loads("\n".join(said(json=True)))
    assert found["jobs"] == {
        "backup-monitoring-prod": "*-*-* 02:17:00",
        "drill-monitoring-prod": "Sun *-*-* 04:43:00",
    }

    shown = json.loads("\n".join(said("show", json=True)))
    assert [one["next"] for one in shown] == ["tomorrow", "tomorrow"]
    assert json.loads("\n".join(said("remove", json=True))) == {"removed": True}
    assert json.loads("\n".join(said("show", json=True))) == []
