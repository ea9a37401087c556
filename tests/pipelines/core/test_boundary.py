"""However a task ends, it ends with a line, an exit code and a record; only a bug has a traceback."""

from __future__ import annotations

import errno
import json
import os
import signal
import time
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.boundary import guarded
from pipelines.core.options import Options
from stack.errors import CheckFailed, EnvironmentInvalid, PortTaken
from stack.report import Problem, Report

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipelines.core.effects import Effects

REPORT = Report.of([Problem("environment", "local.yaml:1:2: ports", "is no port"), Problem("a", "b", "c")])


@pytest.fixture(autouse=True)
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MONITORING_VAR", str(tmp_path))
    return tmp_path


def end(
    error: BaseException | int, *, asks_json: bool = False, env: str = "local", told: list[int] | None = None
) -> int:
    """Run a task that ends with an error, or with an exit code."""

    def work(effects: Effects) -> int:
        effects.closing.callback(lambda: effects.journal.note(closed=True))
        if isinstance(error, BaseException):
            raise error
        return error

    outcome: Callable[[Effects, int], None] | None = None
    if told is not None:
        outcome = lambda _, code: told.append(code)  # noqa: E731 # as short as what it stands for
    return guarded("deploy", Options(env, json=asks_json), work, keeps=True, outcome=outcome)


def record(var: Path) -> dict[str, Any]:
    """Give the one record of the journal."""
    [path] = (var / "runs").glob("*.json")
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found


def test_an_exit_code_is_passed_on_and_written_down(var: Path) -> None:
    told: list[int] = []
    assert end(2, told=told) == 2
    assert (record(var)["result"], record(var)["exit_code"], record(var)["closed"]) == ("failed", 2, True)
    assert told == [2]


def test_expected_bad_news_is_a_line_with_its_way_out(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[int] = []
    assert end(PortTaken(port=9090, service="prometheus", owner="nginx (pid 7)"), told=told) == 7

    line = capsys.readouterr().out.strip()
    assert line.startswith("port 9090, which prometheus needs, is taken by nginx (pid 7); stop that process")
    assert record(var)["error"] == line
    assert told == [7]


def test_the_mistakes_of_an_environment_are_shown_and_those_of_checks_only_counted(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert end(EnvironmentInvalid(name="local", report=REPORT)) == 3
    assert capsys.readouterr().out.splitlines() == [
        "  ✗ b: c",
        "  ✗ local.yaml:1:2: ports: is no port",
        "environment local has 2 mistake(s)",
    ]
    assert end(CheckFailed(report=REPORT)) == 4
    assert capsys.readouterr().out.splitlines() == [
        "2 problem(s) found; nothing was changed; mend what is named above and run it again"
    ]


def test_the_machine_s_own_refusals_are_no_bugs(capsys: pytest.CaptureFixture[str]) -> None:
    assert end(OSError(errno.ENOSPC, "No space left on device")) == 1
    assert end(PermissionError(errno.EACCES, "Permission denied", "/etc/x")) == 1
    assert capsys.readouterr().out.splitlines() == ["No space left on device", "Permission denied: /etc/x"]


@pytest.mark.parametrize("bug", [KeyError("x"), FileNotFoundError(errno.ENOENT, "No such file", "ours")])
def test_a_bug_keeps_its_traceback_and_the_journal_says_failed(bug: Exception, var: Path) -> None:
    told: list[int] = []
    with pytest.raises(type(bug)):
        end(bug, told=told)

    assert (record(var)["result"], record(var)["error"], record(var)["closed"]) == (
        "failed",
        "a bug of ours",
        True,
    )
    assert told == [1]


def test_an_interrupt_is_told_as_one(var: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told: list[int] = []
    assert end(KeyboardInterrupt(), told=told) == 130
    assert capsys.readouterr().out.startswith("interrupted; run it again")
    assert (record(var)["exit_code"], told) == (130, [130])


@pytest.mark.parametrize(
    ("error", "code"),
    [(0, 0), (2, 2), (PortTaken(port=1, service="s", owner="o"), 7), (KeyboardInterrupt(), 130)],
)
def test_who_asks_for_json_gets_one_document_however_it_ends(
    error: BaseException | int, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(error, asks_json=True) == code
    said = capsys.readouterr()

    assert json.loads(said.out)["exit_code"] == code
    assert said.err == ""


def test_the_json_of_an_error_has_its_hint_and_its_problems(capsys: pytest.CaptureFixture[str]) -> None:
    end(CheckFailed(report=REPORT), asks_json=True)
    document = json.loads(capsys.readouterr().out)

    assert document["hint"].startswith("nothing was changed")
    assert [problem["summary"] for problem in document["problems"]] == ["c", "is no port"]


def test_a_bug_leaves_a_document_too(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyError):
        end(KeyError("x"), asks_json=True)
    assert json.loads(capsys.readouterr().out) == {"task": "deploy", "exit_code": 1, "error": "a bug of ours"}


def test_a_name_that_leads_elsewhere_is_refused_before_anything_is_touched(
    var: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert end(0, env="../elsewhere", asks_json=True) == 3
    assert json.loads(capsys.readouterr().out)["exit_code"] == 3
    assert list(var.iterdir()) == []
    assert not (var.parent / "elsewhere").exists()


def test_a_run_that_is_told_to_end_is_cleaned_up_as_at_ctrl_c(var: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)

    def work(effects: Effects) -> int:
        effects.closing.callback(lambda: effects.journal.note(closed=True))
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(10)
        return 0

    assert guarded("deploy", Options("local"), work, keeps=True, outcome=None) == 130
    assert (record(var)["error"], record(var)["closed"]) == ("interrupted", True)
    assert signal.getsignal(signal.SIGTERM) == before
