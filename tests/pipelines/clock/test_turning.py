"""The clock starts what is due, one after the other, and ends a run when it is told to end itself."""

from __future__ import annotations

import fcntl
import json
import sys
import threading
import time
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from pipelines.clock import turning
from pipelines.clock.jobs import Job
from pipelines.clock.turning import Clock
from tests.lab import until
from tests.pipelines.clock.test_jobs import put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOUR = 3600.0

RUN = """
import json, os, pathlib, signal, sys, time
task, folder, began = sys.argv[-1], pathlib.Path(sys.argv[1]), time.time()
with (folder / "order").open("a") as order:
    order.write(task + "\\n")
todo = (folder / task).read_text() if (folder / task).exists() else ""
if todo == "sleep":
    try:
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        time.sleep(60)
    except KeyboardInterrupt:
        (folder / "undone").touch()
        sys.exit(130)
if todo == "die":
    os.kill(os.getpid(), signal.SIGKILL)
code = int(todo or 0)
record = {"task": task, "environment": "prod", "began": began, "exit_code": code,
          "result": "failed" if code else "passed"}
name = time.strftime("%Y%m%dT%H%M%S.000000Z", time.gmtime(began)) + f"-prod-{task}-{os.getpid()}.json"
(folder / "var" / "runs" / name).write_text(json.dumps(record))
print("some words")
print(f"{task} is done" if not code else "it cannot be done")
sys.exit(code)
"""


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turning, "SOON", 0.05)
    monkeypatch.setattr(turning, "AGAIN", 0.3)
    monkeypatch.setattr(turning, "HEARD", 0.02)


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """Give a clock of which both jobs were missed, and whose runs note themselves."""
    (tmp_path / "run.py").write_text(RUN)
    (tmp_path / "lock").touch()
    (tmp_path / "var").mkdir()
    for task in ("backup", "restore.drill"):
        put(tmp_path / "var", time.time() - 49 * HOUR, task, exit_code=0)
    jobs = (Job("backup", "17 2 * * *"), Job("restore.drill", "43 4 * * *"))
    command = (sys.executable, str(tmp_path / "run.py"), str(tmp_path))
    return Clock(jobs, "prod", tmp_path / "var", UTC, tmp_path / "lock", command)


@contextmanager
def turned(clock: Clock) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=clock.turn)
    thread.start()
    try:
        yield thread
    finally:
        clock.stop()
        thread.join(20)
        assert not thread.is_alive()


def order(folder: Path) -> list[str]:
    return (folder / "order").read_text().split() if (folder / "order").exists() else []


def test_what_was_missed_is_made_up_for_once_each_and_a_line_tells_of_it(
    clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "restore.drill").write_text("14")
    with turned(clock):
        assert until(lambda: clock.turns["restore.drill"].code is not None, 20)
        time.sleep(0.3)

    assert order(tmp_path) == ["backup", "restore.drill"]
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("backup at `17 2 * * *`; next 20")
    assert "backup passed after " in said[2]
    assert " s: backup is done; next 20" in said[2]
    assert "restore.drill failed with 14 after " in said[3]
    assert " s: it cannot be done; next 20" in said[3]
    assert said[2].endswith("02:17 UTC")
    backup, drill = clock.document()
    assert (backup["job"], backup["at"], backup["code"], backup["running"]) == (
        "backup",
        "17 2 * * *",
        0,
        False,
    )
    assert backup["last"] <= time.time() < backup["next"]
    assert drill["code"] == 14


def test_a_run_that_is_killed_and_leaves_no_end_waits_for_the_next_moment(
    clock: Clock, tmp_path: Path
) -> None:
    (tmp_path / "backup").write_text("die")
    with turned(clock):
        assert until(lambda: clock.turns["restore.drill"].code is not None, 20)
        time.sleep(0.3)

    assert order(tmp_path) == ["backup", "restore.drill"]
    assert clock.turns["backup"].code == -9


def test_what_finds_another_run_at_work_is_tried_again(
    clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backup").write_text("8")
    with turned(clock):
        assert until(lambda: order(tmp_path)[:2] == ["backup", "backup"], 20)
        (tmp_path / "backup").unlink()
        assert until(lambda: clock.turns["restore.drill"].code == 0, 20)

    assert clock.turns["backup"].code == 0
    assert "backup failed with 8 after" in (said := capsys.readouterr().out)
    assert "it cannot be done; again in 0 s" in said


def test_but_not_before_a_while_has_passed(
    clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turning, "AGAIN", 60.0)
    (tmp_path / "backup").write_text("8")
    with turned(clock):
        assert until(lambda: clock.turns["backup"].code == 8, 20)
        time.sleep(0.6)

    assert order(tmp_path) == ["backup"]


def test_while_a_deploy_is_at_work_nothing_is_started(clock: Clock, tmp_path: Path) -> None:
    with (tmp_path / "lock").open("rb") as deploy:
        fcntl.flock(deploy, fcntl.LOCK_EX)
        with turned(clock):
            time.sleep(0.4)
            assert order(tmp_path) == []
            fcntl.flock(deploy, fcntl.LOCK_UN)
            assert until(lambda: order(tmp_path) == ["backup", "restore.drill"], 20)


def test_a_run_that_goes_on_is_told_to_end_with_the_clock(
    clock: Clock, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "backup").write_text("sleep")
    with turned(clock):
        assert until(lambda: order(tmp_path) == ["backup"], 20)
        assert clock.document()[0]["running"] is True
        time.sleep(0.3)

    assert (tmp_path / "undone").exists()
    assert "backup was interrupted" in capsys.readouterr().out
    assert order(tmp_path) == ["backup"]


def test_without_a_run_on_record_it_waits_for_the_first_moment(clock: Clock, tmp_path: Path) -> None:
    for path in (tmp_path / "var" / "runs").iterdir():
        path.unlink()
    with turned(clock):
        time.sleep(0.3)

    assert order(tmp_path) == []
    assert json.loads(json.dumps(clock.document()))[0]["last"] is None
