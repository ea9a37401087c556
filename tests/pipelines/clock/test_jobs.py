"""What was missed is known by the records that runs have left, and is made up for once."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.clock.jobs import Job, last_run

if TYPE_CHECKING:
    from pathlib import Path

NIGHTLY = Job("backup", "17 2 * * *")
HOUR = 3600.0


def at(text: str) -> float:
    return datetime.fromisoformat(f"2026-05-{text}:00+00:00").timestamp()


@pytest.mark.parametrize(
    ("last", "now", "expected"),
    [
        ("01 02:17", "01 12:00", "02 02:17"),  # it ran in the night, and will in the next one
        ("01 02:17", "03 09:00", "02 02:17"),  # off for a night and a day: at once
        ("01 02:17", "09 09:00", "02 02:17"),  # however many nights: once, since then the last is of today
        ("09 09:00", "09 09:05", "10 02:17"),
        ("01 05:00", "01 06:00", "02 02:17"),  # somebody has made one by hand
        ("08 05:00", "01 06:00", "02 02:17"),  # on record later than it is: the machine's time was wrong
    ],
)
def test_the_next_run(last: str, now: str, expected: str) -> None:
    assert NIGHTLY.next(at(last), at(now), UTC) == at(expected)


@given(st.floats(0, 40 * 24 * HOUR), st.floats(0, 40 * 24 * HOUR))
def test_a_run_is_due_if_a_moment_has_passed_since_the_last_one_and_never_twice_for_it(
    first: float, later: float
) -> None:
    last, now = at("01 00:00") + first, at("01 00:00") + first + later
    nights = [at("01 02:17") + 24 * HOUR * count for count in range(-1, 90)]
    due = NIGHTLY.next(last, now, UTC)

    assert due is not None
    assert (due <= now) == any(last < night <= now for night in nights)
    again = NIGHTLY.next(now, now, UTC)
    assert again is not None
    assert again > now


def put(var: Path, began: float, task: str = "backup", environment: str = "prod", **more: Any) -> None:
    record = {"task": task, "environment": environment, "began": began, "result": "passed", **more}
    moment = datetime.fromtimestamp(began, UTC).strftime("%Y%m%dT%H%M%S.%f")
    (var / "runs").mkdir(exist_ok=True)
    (var / "runs" / f"{moment}Z-{environment}-{task}-1.json").write_text(json.dumps(record))


def test_the_last_run_is_the_newest_one_that_had_its_turn(tmp_path: Path) -> None:
    assert last_run(tmp_path, "prod", "backup") is None
    put(tmp_path, 1000.0, exit_code=0)
    put(tmp_path, 2000.0, result="failed", exit_code=14)
    put(tmp_path, 3000.0, result="failed", exit_code=130)  # told to stop
    put(tmp_path, 3500.0, result="failed", exit_code=8)  # another one was at work
    put(tmp_path, 4000.0, result="running")  # killed
    put(tmp_path, 5000.0, environment="dev", exit_code=0)
    put(tmp_path, 6000.0, task="restore.drill", exit_code=0)

    assert last_run(tmp_path, "prod", "backup") == 2000.0
    assert last_run(tmp_path, "prod", "restore.drill") == 6000.0
