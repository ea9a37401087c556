"""A unit that starts the stack with the machine: the system's for root, else the user's own."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from stack.clients import systemd
from stack.clients.command import run
from stack.clients.systemd import UnitFile, disable, enable
from stack.clients.systemd_units import at_boot
from stack.errors import CommandFailed, Refused

if TYPE_CHECKING:
    from collections.abc import Callable


def unit(folder: Path = Path("/lab/supervisor")) -> UnitFile:
    return at_boot("monitoring-local", folder, "Monitoring stack (local)")


def written(found: UnitFile) -> Path:
    """Enable a unit, and give its file."""
    enable(found)
    return found.path


def test_a_user_s_unit_lies_among_his_own_and_starts_before_he_logs_in(
    machine: Callable[..., Path], tmp_path: Path
) -> None:
    log = machine()
    path = written(unit())

    assert path == tmp_path / "config/systemd/user/monitoring-local.service"
    assert "WantedBy=default.target" in path.read_text()
    expected = ["daemon-reload", "enable monitoring-local.service"]
    assert log.read_text().splitlines() == [
        *(f"systemctl --user {words}" for words in expected),
        "loginctl enable-linger",
    ]


def test_without_a_setting_it_lies_in_the_home_folder(
    machine: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    machine()
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", "/home/somebody")

    assert unit().path == Path("/home/somebody/.config/systemd/user/monitoring-local.service")


def test_root_s_unit_is_the_system_s(machine: Callable[..., Path], tmp_path: Path) -> None:
    log = machine(root=True)
    path = written(unit())

    assert path == tmp_path / "system" / "monitoring-local.service"
    assert "WantedBy=multi-user.target" in path.read_text()
    assert log.read_text().splitlines() == [
        "systemctl daemon-reload",
        "systemctl enable monitoring-local.service",
    ]


def test_the_system_s_units_lie_where_systemd_looks() -> None:
    assert Path("/etc/systemd/system") == systemd.SYSTEM


def test_a_unit_that_is_taken_away_is_disabled_first(machine: Callable[..., Path]) -> None:
    log = machine()
    path = written(unit())
    log.unlink()
    disable(unit())

    assert not path.exists()
    assert log.read_text().splitlines() == [
        "systemctl --user disable monitoring-local.service",
        "systemctl --user daemon-reload",
    ]
    with pytest.raises(Refused, match=r"monitoring-local\.service does not exist: it was not enabled"):
        disable(unit())


@pytest.mark.parametrize("fails", ["daemon-reload", "enable", "enable-linger"])
def test_what_systemd_refuses_is_told(machine: Callable[..., Path], fails: str) -> None:
    machine(fails=fails)

    with pytest.raises(CommandFailed, match=r"^(systemctl|loginctl) ended with 1: no$"):
        enable(unit())


def test_odd_folders_are_quoted_and_no_specifier_is_read_into_them() -> None:
    lines = unit(Path(r'/lab/a b/100%/"$x"\y')).text().splitlines()

    assert r'WorkingDirectory=/lab/a b/100%%/"$x"\y' in lines
    assert r'PIDFile=/lab/a b/100%%/"$x"\y/supervisord.pid' in lines
    start = next(line for line in lines if line.startswith("ExecStart="))
    assert start.endswith(r' -m supervisor.supervisord -c "/lab/a b/100%%/\"$$x\"\\y/supervisord.conf"')


@pytest.mark.integration
@pytest.mark.parametrize("name", ["plain", "a b", "100%", "$HOME", "it's", 'say "x"'])
def test_systemd_itself_takes_the_unit(tmp_path: Path, name: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze not found on PATH")
    (tmp_path / name).mkdir()
    made = unit(tmp_path / name)
    path = tmp_path / "monitoring-local.service"
    path.write_text(made.text())
    done = run(["systemd-analyze", "verify", "--man=no", path])

    told = [line for line in done.said.splitlines() if "monitoring-local" in line]
    assert told == [], made.text()
    assert sys.executable in made.text()
    assert os.access(sys.executable, os.X_OK)
