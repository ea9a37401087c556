"""The verbs that change something: start, stop, restart, destroy, boot; each holds the lock."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from pipelines.commands import boot, destroy, restart, start, stop
from pipelines.core.lock import hold
from pipelines.core.stage import stage
from pipelines.core.values import SmokeReport
from stack.errors import CommandFailed, Locked, NothingKept, Refused, SmokeFailed
from stack.report import Problem, Report
from stack.runtimes.protocol import State
from tests.doubles.programs import put
from tests.pipelines.core.doubles import Noting, effects, release

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.core.effects import Effects
    from stack.runtimes.protocol import Release

GOOD = release()


@stage
def well(release: Release, effects: Effects) -> SmokeReport:
    """Find it well."""
    effects.runtime.prove(release.id)
    return SmokeReport(release, ())


@stage
def ill(release: Release, effects: Effects) -> SmokeReport:
    """Find it ill."""
    raise SmokeFailed(release=release.id, report=Report.of([Problem("ready", "ready", "no answer")]))


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Noting:
    for verb in (start, restart):
        monkeypatch.setattr(verb, "smoke", well)
    return Noting(tmp_path / "local").deployed(GOOD)


@pytest.mark.parametrize("verb", [start.run, stop.run, restart.run, destroy.run])
def test_only_one_of_them_at_a_time(verb: Callable[[Effects], int], runtime: Noting, tmp_path: Path) -> None:
    first = effects(tmp_path, runtime)
    hold(first)
    with pytest.raises(Locked):
        verb(effects(tmp_path, runtime, yes=True))

    assert runtime.asked == []
    first.closing.close()


def test_what_was_deployed_is_started_and_proved(
    runtime: Noting, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert start.run(effects(tmp_path, runtime)) == 0
    assert (runtime.asked, runtime.live().state) == (["start"], State.PROVED)
    assert capsys.readouterr().out.splitlines()[-1] == f"release {GOOD.id} is up; next: invoke status"


@pytest.mark.parametrize("verb", [start, restart])
def test_what_does_not_come_up_well_is_an_error(
    verb: object, runtime: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verb, "smoke", ill)
    with pytest.raises(SmokeFailed):
        verb.run(effects(tmp_path, runtime))  # type: ignore[attr-defined] # a module


@pytest.mark.parametrize("verb", [start.run, restart.run])
def test_what_was_never_deployed_cannot_be_started(verb: Callable[[Effects], int], tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match="nothing is deployed"):
        verb(effects(tmp_path))


def test_a_stop_keeps_everything(runtime: Noting, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert stop.run(effects(tmp_path, runtime)) == 0
    assert runtime.asked == ["stop"]
    assert "local is stopped; next: invoke start" in capsys.readouterr().out


def test_one_service_or_all_are_restarted(runtime: Noting, tmp_path: Path) -> None:
    first = effects(tmp_path, runtime, service="node")
    assert restart.run(first) == 0
    first.closing.close()
    assert restart.run(effects(tmp_path, runtime)) == 0
    assert runtime.asked == ["restart node", "stop", "start"]


def on_terminal(monkeypatch: pytest.MonkeyPatch, typed: str) -> None:
    """Let a person sit at the terminal who types this."""
    keyboard = io.StringIO(typed)
    keyboard.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", keyboard)


@pytest.mark.parametrize(("keep", "asked"), [(True, "destroy, keep data"), (False, "destroy")])
def test_who_says_yes_is_not_asked(keep: bool, asked: str, runtime: Noting, tmp_path: Path) -> None:
    assert destroy.run(effects(tmp_path, runtime, yes=True, keep_data=keep)) == 0
    assert runtime.asked == ["stop", asked]


def test_a_yes_at_the_terminal_destroys(
    runtime: Noting,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    on_terminal(monkeypatch, "yes\n")
    assert destroy.run(effects(tmp_path, runtime)) == 0
    question, *_, last = capsys.readouterr().out.splitlines()

    assert runtime.asked == ["stop", "destroy"]
    assert question == (
        "Remove every release of local, its metrics, its other state and its secrets? Type yes:"
    )
    assert last == "removed every release of local, its metrics, its other state and its secrets"


@pytest.mark.parametrize("typed", ["no\n", "y\n", "\n", ""])
def test_anything_else_destroys_nothing(
    typed: str, runtime: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_terminal(monkeypatch, typed)
    with pytest.raises(Refused, match="nothing was removed"):
        destroy.run(effects(tmp_path, runtime))
    assert runtime.asked == []


@pytest.mark.parametrize("wants_json", [True, False])
def test_where_nobody_can_be_asked_nothing_is_destroyed(
    wants_json: bool, runtime: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if wants_json:
        on_terminal(monkeypatch, "yes\n")  # a question would spoil the document
    else:
        monkeypatch.setattr(sys, "stdin", io.StringIO("yes\n"))
    with pytest.raises(Refused, match="no terminal to ask on") as caught:
        destroy.run(effects(tmp_path, runtime, json=wants_json))
    assert caught.value.advice == "say --yes to destroy without a question"
    assert runtime.asked == []


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a user's machine with systemd, and the file that notes what it was asked."""
    noted = tmp_path / "asked"
    for name in ("systemctl", "loginctl"):
        put(tmp_path / "bin", name, f'#!/bin/sh\necho "{name} $*" >> {noted}\n'.encode())
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr("stack.clients.systemd.BOOTED", tmp_path)
    return noted


def test_boot_is_enabled_and_disabled_again(
    runtime: Noting, systemd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    unit = tmp_path / "config" / "systemd" / "user" / "monitoring-local.service"

    assert boot.run(effects(tmp_path, runtime, action="enable")) == 0
    assert str(runtime.folder / "supervisor") in unit.read_text()
    assert boot.run(effects(tmp_path, runtime, action="disable")) == 0
    assert not unit.exists()
    assert "systemctl --user enable monitoring-local.service" in systemd.read_text().splitlines()
    assert capsys.readouterr().out.splitlines() == [
        f"the machine starts local from now on, by {unit}",
        "the machine no longer starts local",
    ]


def test_what_was_never_deployed_is_not_started_at_boot(systemd: Path, tmp_path: Path) -> None:
    with pytest.raises(NothingKept, match="nothing is deployed in local"):
        boot.run(effects(tmp_path, action="enable"))
    assert not systemd.exists()


@pytest.mark.parametrize("action", ["", "on"])
def test_boot_takes_two_words_and_no_other(action: str, runtime: Noting, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=f"boot takes `enable` or `disable`, not '{action}'"):
        boot.run(effects(tmp_path, runtime, action=action))


@pytest.mark.parametrize("action", ["enable", "disable"])
def test_a_machine_without_systemd_is_told_what_to_do_instead(
    action: str, runtime: Noting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="systemd does not run this machine") as caught:
        boot.run(effects(tmp_path, runtime, action=action))
    assert caught.value.advice == "let its own init run `invoke start` at boot"


def test_a_systemd_that_refuses_is_told(runtime: Noting, systemd: Path, tmp_path: Path) -> None:
    put(tmp_path / "bin", "systemctl", b"#!/bin/sh\necho no bus >&2\nexit 1\n")
    with pytest.raises(CommandFailed, match="no bus"):
        boot.run(effects(tmp_path, runtime, action="enable"))
