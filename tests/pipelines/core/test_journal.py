"""The journal: every run leaves a record, also one that never ended."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.core.journal import Journal
from stack.errors import Refused

if TYPE_CHECKING:
    from pathlib import Path


def records(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(path.read_bytes()) for path in sorted(folder.glob("*.json"))]


def test_a_run_that_is_killed_has_left_its_running_stage(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "deploy", "local")
    with journal.stage("render"):
        pass
    with journal.stage("apply"):
        [record] = records(tmp_path)

    assert record["result"] == "running"
    assert [(entry["stage"], entry["result"]) for entry in record["stages"]] == [
        ("render", "passed"),
        ("apply", "running"),
    ]


def test_a_failure_is_written_with_its_stage_and_its_line(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "deploy", "local")
    with pytest.raises(Refused), journal.stage("plan"):
        raise Refused(message="not this way")
    journal.note(release="abc")
    journal.close(1, "not this way")
    [record] = records(tmp_path)

    assert (record["result"], record["exit_code"], record["error"], record["release"]) == (
        "failed",
        1,
        "not this way",
        "abc",
    )
    assert record["stages"][0]["error"] == "not this way"


def test_a_bug_leaves_the_kind_of_its_error_and_not_its_text(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "deploy", "local")
    with pytest.raises(KeyError), journal.stage("plan"):
        raise KeyError("a value that may be secret")

    assert journal.stages[0]["error"] == "KeyError"


def test_a_run_that_only_looks_is_not_written_down(tmp_path: Path) -> None:
    journal = Journal(tmp_path, "status", "local", keeps=False)
    with journal.stage("ask"):
        pass
    journal.close(0)

    assert records(tmp_path) == []
