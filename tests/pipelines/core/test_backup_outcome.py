"""How a backup ended is a metric; what an earlier run has found stands until another one finds it anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from backups.verified import Verified
from pipelines.core.backup_outcome import BACKUP, DRILL, export
from tests.pipelines.core.doubles import effects

if TYPE_CHECKING:
    from pathlib import Path

OBJECTS = {"metrics": {"blocks": 3, "samples": 9_000}, "dashboards": {"dashboards": 12}}
SEALED: dict[str, Any] = {"size": 2_000, "added": 0, "objects": OBJECTS}
DRILLED: dict[str, Any] = {"newest": 1_700.5, "recovery": 42.0}
RUN = {"last_run_timestamp_seconds", "last_run_success", "last_run_duration_seconds"}


def told(folder: Path, code: int, task: str = BACKUP, *, began: float = 5_000.0, **facts: Any) -> list[Any]:
    """Let a run end, and give the samples of the page that it leaves."""
    doors = effects(folder, task=task)
    (doors.folder / "textfile").mkdir(parents=True, exist_ok=True)
    doors.journal.began = began
    doors.journal.note(**facts)
    doors.journal.close(code)
    export(doors, code)
    page = (doors.folder / "textfile" / f"{task}.prom").read_text()
    return [sample for family in text_string_to_metric_families(page) for sample in family.samples]


def values(samples: list[Any]) -> dict[str, float]:
    """Give each sample that has no label but its task."""
    return {
        one.name.removeprefix("monitoring_backup_"): one.value for one in samples if {*one.labels} == {"task"}
    }


def objects(samples: list[Any]) -> dict[str, float]:
    return {
        f"{one.labels['part']}/{one.labels['kind']}": one.value for one in samples if "kind" in one.labels
    }


def verified(folder: Path, at: float) -> None:
    Verified().done("abc", at, whole=False).write(folder / "backups" / "local" / "verified.json")


def test_a_good_backup_tells_all_that_it_knows(tmp_path: Path) -> None:
    verified(tmp_path, 4_990.5)
    samples = told(tmp_path, 0, **SEALED)
    found = values(samples)

    assert found.keys() == RUN | {
        "last_success_timestamp_seconds",
        "last_size_bytes",
        "last_added_bytes",
        "last_verified_timestamp_seconds",
    }
    assert found["last_run_success"] == 1
    assert found["last_success_timestamp_seconds"] == 5_000
    assert found["last_run_timestamp_seconds"] - found["last_run_duration_seconds"] == pytest.approx(5_000)
    assert (found["last_size_bytes"], found["last_added_bytes"]) == (2_000, 0)
    assert found["last_verified_timestamp_seconds"] == 4_990.5
    assert objects(samples) == {"metrics/blocks": 3, "metrics/samples": 9_000, "dashboards/dashboards": 12}
    assert {one.labels["task"] for one in samples} == {BACKUP}


@pytest.mark.parametrize("code", [1, 14, 130])
def test_a_run_that_fails_makes_no_value_vanish(code: int, tmp_path: Path) -> None:
    verified(tmp_path, 4_990.5)
    before = told(tmp_path, 0, **SEALED)
    after = told(tmp_path, code, began=6_000.0)

    changed = {"last_run_timestamp_seconds", "last_run_success", "last_run_duration_seconds"}
    kept = values(before).keys() - changed
    assert {name: values(after).get(name) for name in kept} == {name: values(before)[name] for name in kept}
    assert objects(after) == objects(before)
    assert values(after)["last_run_success"] == 0


def test_each_value_is_of_the_newest_run_that_knew_it(tmp_path: Path) -> None:
    told(tmp_path, 0, **SEALED)
    # It was stored, and then found not to be whole.
    told(tmp_path, 16, began=6_000.0, size=900, added=5, objects={"metrics": {"samples": 1}})
    told(tmp_path, 14, began=7_000.0, size=800)
    samples = told(tmp_path, 1, began=8_000.0)

    assert values(samples)["last_size_bytes"] == 800
    assert values(samples)["last_added_bytes"] == 5
    assert objects(samples) == {"metrics/samples": 1}
    assert values(samples)["last_success_timestamp_seconds"] == 5_000


def test_what_is_not_known_is_left_out(tmp_path: Path) -> None:
    samples = told(tmp_path, 3)

    assert values(samples).keys() == RUN
    assert objects(samples) == {}


def test_a_drill_has_a_page_of_its_own_and_knows_nothing_of_what_backups_found(tmp_path: Path) -> None:
    verified(tmp_path, 4_990.5)
    told(tmp_path, 0, **SEALED)
    told(tmp_path, 0, DRILL, **DRILLED)
    found = values(told(tmp_path, 1, DRILL, began=6_000.0))

    assert found.keys() == RUN | {
        "last_success_timestamp_seconds",
        "last_newest_sample_timestamp_seconds",
        "last_recovery_seconds",
    }
    assert found["last_newest_sample_timestamp_seconds"] == 1_700.5
    assert found["last_recovery_seconds"] == 42
    assert (tmp_path / "local" / "textfile" / "backup.prom").exists()


def test_a_page_that_cannot_be_written_is_left_out(tmp_path: Path) -> None:
    doors = effects(tmp_path, task=BACKUP)
    (doors.folder / "textfile" / "backup.prom").mkdir(parents=True)
    export(doors, 0)

    assert (doors.folder / "textfile" / "backup.prom").is_dir()
