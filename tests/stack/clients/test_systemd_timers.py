"""A job at its moments: a service, and the timer that starts it."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from stack.clients.command import run
from stack.clients.job import Job
from stack.clients.systemd import disable, enable, refuse_odd_calendar, told
from stack.clients.systemd_units import timed
from stack.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def job(program: str = "/repo/run", *words: str, at: str = "*-*-* 02:17:00", **variables: str) -> Job:
    return Job("backup-monitoring-local", "Backup (local)", at, (program, "invoke", *words), variables)


def test_a_job_is_a_service_and_a_timer_that_starts_it(machine: Callable[..., Path], tmp_path: Path) -> None:
    machine()
    service, timer = timed(job("/repo/run", "backup", "--env", "local", MONITORING_VAR="/a b"))
    enable(service, timer)
    folder = tmp_path / "config" / "systemd" / "user"

    assert (folder / "backup-monitoring-local.service").read_text().splitlines() == [
        "[Unit]",
        "Description=Backup (local)",
        "",
        "[Service]",
        "Type=oneshot",
        'Environment="MONITORING_VAR=/a b"',
        'ExecStart="/repo/run" "invoke" "backup" "--env" "local"',
    ]
    assert (folder / "backup-monitoring-local.timer").read_text().splitlines() == [
        "[Unit]",
        "Description=Backup (local)",
        "",
        "[Timer]",
        "OnCalendar=*-*-* 02:17:00",
        "RandomizedDelaySec=10min",
        "Persistent=true",
        "",
        "[Install]",
        "WantedBy=timers.target",
    ]


def test_a_timer_counts_at_once_and_no_more_when_it_is_taken_away(
    machine: Callable[..., Path], tmp_path: Path
) -> None:
    log, (service, timer) = machine(), timed(job())
    enable(service, timer)
    assert log.read_text().splitlines() == [
        *(
            f"systemctl --user {words}"
            for words in ("daemon-reload", f"enable {timer.name}", f"restart {timer.name}")
        ),
        "loginctl enable-linger",
    ]

    log.unlink()
    service.path.unlink()
    disable(service, timer)
    assert not timer.path.exists()
    assert log.read_text().splitlines() == [
        f"systemctl --user disable --now {timer.name}",
        "systemctl --user daemon-reload",
    ]


def test_a_job_of_the_system_waits_for_its_network(machine: Callable[..., Path]) -> None:
    machine(root=True)

    assert "Wants=network-online.target\nAfter=network-online.target\n" in timed(job())[0].text()


def test_what_systemd_says_of_a_unit_is_read(machine: Callable[..., Path], tmp_path: Path) -> None:
    machine()
    shown = "#!/bin/sh\necho ActiveState=active\necho 'NextElapseUSecRealtime=a=b'\necho\n"
    (tmp_path / "bin" / "systemctl").write_text(shown)

    assert told(timed(job())[1], "ActiveState") == {"ActiveState": "active", "NextElapseUSecRealtime": "a=b"}


@pytest.mark.parametrize(
    "odd", ["", " ", "nonsense", "*-*-* 25:00", "daily\nExecStart=/bin/true", "%h", "--help"]
)
def test_what_names_no_moments_is_refused(odd: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze not found on PATH")
    with pytest.raises(Refused, match="names no moments"):
        refuse_odd_calendar(odd)


@pytest.mark.parametrize(
    "good", ["*-*-* 02:17:00", "Sun *-*-* 04:43:00", "daily", "Mon..Fri 22:30 Europe/Berlin"]
)
def test_what_names_moments_is_taken_with_and_without_systemd_s_own_word(
    good: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    refuse_odd_calendar(good)
    monkeypatch.setenv("PATH", str(tmp_path))
    refuse_odd_calendar(good)
    for odd in ("daily\nUnit=other.service", "%h", ""):
        with pytest.raises(Refused):
            refuse_odd_calendar(odd)


@pytest.mark.integration
@pytest.mark.parametrize("name", ["plain", "a b", "100%", "$HOME"])
def test_systemd_itself_looks_for_the_program_of_a_job_just_there(tmp_path: Path, name: str) -> None:
    said = verified(tmp_path, job(str(tmp_path / name / "run")))

    assert f"Command {tmp_path}/{name}/run is not executable" in said


@pytest.mark.integration
@pytest.mark.parametrize("name", ["a b", "100%", "$HOME", "it's", 'say "x"', "back\\slash", "line\nbreak"])
def test_systemd_itself_takes_a_job_with_odd_words(tmp_path: Path, name: str) -> None:
    assert verified(tmp_path, job("/bin/sh", name, MONITORING_VAR=name)) == ""


def verified(folder: Path, made: Job) -> str:
    """Give what systemd has to say of a job's units."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze not found on PATH")
    units = timed(made)
    for one in units:
        (folder / one.name).write_text(one.text())
    said = run(["systemd-analyze", "verify", "--man=no", *(folder / one.name for one in units)]).said
    return "\n".join(line for line in said.splitlines() if made.name in line)
