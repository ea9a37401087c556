"""What was run before is read from the records of runs, the newest first, and of no other environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.core.history import last_good, newest
from pipelines.core.journal import Journal
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path


def ended(
    folder: Path, began: float, task: str = "backup", *, code: int = 0, environment: str = "local"
) -> None:
    """Leave the record of a run."""
    journal = Journal(folder / "runs", task, environment, began=began)
    journal.note(mark=began)
    journal.close(code)


def test_the_newest_record_of_any_of_the_tasks_is_given(tmp_path: Path) -> None:
    for began, task in ((1_000, "check"), (3_000, "deploy"), (2_000, "check"), (4_000, "deploy.plan")):
        ended(tmp_path, began, task)
    doors = effects(tmp_path)

    found = newest(doors, "check", "deploy")
    assert found is not None
    assert (found["task"], found["mark"]) == ("deploy", 3_000)
    older = newest(doors, "check", "deploy", where=lambda record: record["mark"] < 3_000)
    assert older is not None
    assert older["mark"] == 2_000
    assert newest(doors, "rollback") is None


def test_another_environment_s_runs_and_those_without_an_end_are_passed_over(tmp_path: Path) -> None:
    ended(tmp_path, 1_000)
    ended(tmp_path, 2_000, environment="other-local")
    ended(tmp_path, 2_500, "restore-local-backup", environment="x")
    with pytest.raises(KeyError), Journal(tmp_path / "runs", "backup", "local", began=3_000).stage("one"):
        raise KeyError
    found = newest(effects(tmp_path), "backup")

    assert found is not None
    assert found["mark"] == 1_000


STRANGE = '{"task": "check", "environment": "local", "result": "passed", "began": 9}'


@pytest.mark.parametrize(
    "text", [STRANGE, "", "{", "[]", "null", "{}", '{"task": "backup", "environment": "local"}']
)
def test_what_is_no_record_is_passed_over(text: str, tmp_path: Path) -> None:
    ended(tmp_path, 1_000)
    (tmp_path / "runs" / "20990101T000000.000000Z-local-backup-1.json").write_text(text)
    found = newest(effects(tmp_path), "backup")

    assert found is not None
    assert found["mark"] == 1_000


def test_the_last_good_run_is_told_by_its_beginning(tmp_path: Path) -> None:
    ended(tmp_path, 1_000)
    ended(tmp_path, 2_000, code=1)

    assert last_good("backup", effects(tmp_path)) == 1_000
    assert last_good("restore.drill", effects(tmp_path)) is None
